#include "api/snapshot/snapshot_space.hpp"

#include "ops/run.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {

template <>
Result<api::SnapshotSpace::Response> run<api::SnapshotSpace>(
    Context& context, const api::SnapshotSpace::Request& request) {
  const std::string& first = request.snapshot.text();
  const std::string& last = request.through ? request.through->text() : first;
  const zfs::Handle handle = TRY(context.device.open());
  return api::SnapshotSpace::Response{.used_bytes =
                                          TRY(zfs::read_range_space(handle, first, last))};
}

}  // namespace zfsrest::ops
