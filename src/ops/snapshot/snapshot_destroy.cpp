#include "api/snapshot/snapshot_destroy.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "model/property_values.hpp"
#include "ops/run.hpp"
#include "ops/snapshot/deferred.hpp"
#include "ops/snapshot/obstacles.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::SnapshotDestroy>(Context& context,
                                          const api::SnapshotDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.snapshot.dataset(), Touch::step}}));
  const std::string& name = request.snapshot.text();
  // The kernel passes over a snapshot that does not exist, but the caller named just this one.
  const model::Snapshot snapshot = TRY(zfs::read_snapshot(handle, name, context.release));
  auto done =
      zfs::destroy_snapshots(handle, {name}, request.defer ? zfs::Defer::yes : zfs::Defer::no);
  if (done.ok() || done.error().os_errno != EEXIST) return done;
  const std::string clones = model::text_of(snapshot.properties, "clones");
  done.error().code = Code::has_clones;
  done.error().detail = fmt::format("{} has clones: {}; promote or destroy them first", name,
                                    clones.empty() ? "made just now" : clones);
  return done;
}

template <>
Result<model::Plan> plan<api::SnapshotDestroy>(Context& context,
                                               const api::SnapshotDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& name = request.snapshot.text();
  model::Plan plan;
  const std::uint64_t bytes = TRY(zfs::read_range_space(handle, name, name));
  if (request.defer) {
    plan = TRY(plan_of_deferring(context, handle, {name}));
  } else {
    plan.would_destroy = {name};
    plan.blocked_by = TRY(read_obstacles(context, handle, {name}));
  }
  plan.bytes_freed = plan.would_destroy.empty() ? 0 : bytes;
  return plan;
}

}  // namespace zfsrest::ops
