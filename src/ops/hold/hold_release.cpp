#include "api/hold/hold_release.hpp"

#include "ops/hold/batch.hpp"
#include "ops/run.hpp"
#include "ops/snapshot/deferred.hpp"

namespace zfsrest::ops {

template <>
Result<api::HoldRelease::Response> run<api::HoldRelease>(Context& context,
                                                         const api::HoldRelease::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold(trees_of(request.holds)));
  const auto all = TRY(expand(handle, request.holds, reach_of(request.recursive)));
  // A snapshot may go with its last hold, and then nobody can tell any more which it was.
  const auto tied = TRY(context.leases.find_tied(handle, all));
  const zfs::Absent absent = TRY(zfs::release_snapshots(handle, all));
  context.leases.settle(tied);
  auto [released, skipped] = outcome_of(all, request.holds, absent);
  return api::HoldRelease::Response{.released = std::move(released), .skipped = std::move(skipped)};
}

template <>
Result<model::Plan> plan<api::HoldRelease>(Context& context,
                                           const api::HoldRelease::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return plan_of_release(context, handle,
                         TRY(expand(handle, request.holds, reach_of(request.recursive))));
}

}  // namespace zfsrest::ops
