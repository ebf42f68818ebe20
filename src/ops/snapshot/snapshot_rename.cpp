#include "api/snapshot/snapshot_rename.hpp"

#include "ops/run.hpp"
#include "zfs/dataset.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {

template <>
Result<model::Snapshot> run<api::SnapshotRename>(Context& context,
                                                 const api::SnapshotRename::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.snapshot.dataset(), Touch::step}}));
  const std::string& from = request.snapshot.text();
  const std::string& to = request.to.text();
  TRY(request.recursive ? zfs::rename_snapshots_below(handle, from, to)
                        : zfs::rename(handle, from, to));
  return zfs::read_snapshot(handle, to, context.release);
}

}  // namespace zfsrest::ops
