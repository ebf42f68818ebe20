#include "api/hold/hold_create.hpp"

#include "ops/hold/batch.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<api::HoldCreate::Response> run<api::HoldCreate>(Context& context,
                                                       const api::HoldCreate::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold(trees_of(request.holds)));
  const auto all = TRY(expand(handle, request.holds, reach_of(request.recursive)));
  std::optional<Leases::Opening> opening;
  if (request.lease_seconds)
    opening.emplace(TRY(context.leases.open(request.holds.front().snapshot.pool())));
  const zfs::Absent absent =
      TRY(zfs::hold_snapshots(handle, all, opening ? opening->fd() : zfs::permanent));
  auto [held, skipped] = outcome_of(all, request.holds, absent);
  api::HoldCreate::Response response{
      .held = std::move(held), .skipped = std::move(skipped), .lease = {}};
  if (opening && !response.held.empty())
    response.lease = std::move(*opening).begin(response.held, *request.lease_seconds);
  return response;
}

}  // namespace zfsrest::ops
