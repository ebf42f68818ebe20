#include "api/snapshot/snapshot_get.hpp"

#include "ops/run.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {

template <>
Result<model::Snapshot> run<api::SnapshotGet>(Context& context,
                                              const api::SnapshotGet::Request& request) {
  return zfs::read_snapshot(TRY(context.device.open()), request.snapshot.text(), context.release);
}

}  // namespace zfsrest::ops
