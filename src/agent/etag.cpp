#include "agent/etag.hpp"

#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/pool.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::agent {

Result<std::string> read_etag(ops::Context& context, const model::PoolName& pool) {
  const zfs::Handle handle = TRY(context.device.open());
  return etag_of(TRY(zfs::read_pool(handle, pool.text(), context.release)));
}

Result<std::string> read_etag(ops::Context& context, const model::DatasetName& dataset) {
  const zfs::Handle handle = TRY(context.device.open());
  return etag_of(TRY(zfs::read_dataset(handle, dataset.text(), context.release)));
}

Result<std::string> read_etag(ops::Context& context, const model::SnapshotName& snapshot) {
  const zfs::Handle handle = TRY(context.device.open());
  return etag_of(TRY(zfs::read_snapshot(handle, snapshot.text(), context.release)));
}

Result<std::string> read_etag(ops::Context& context, const model::BookmarkName& bookmark) {
  const zfs::Handle handle = TRY(context.device.open());
  return etag_of(TRY(zfs::read_bookmark(handle, bookmark, context.release)));
}

}  // namespace zfsrest::agent
