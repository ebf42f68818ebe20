#include "api/snapshot/snapshot_list.hpp"

#include "ops/list_objects.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::PageEnd> list<api::SnapshotList>(Context& context,
                                               const api::SnapshotList::Request& request,
                                               Rows& rows) {
  return list_objects<api::SnapshotList>(context, request, rows, zfs::walk_snapshots,
                                         zfs::read_named_snapshots);
}

}  // namespace zfsrest::ops
