#include "api/hold/hold_create.hpp"

#include <fmt/format.h>

#include "ops/hold/batch.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

namespace {

// The kernel would make them, and release them with the lease.
Result<Nothing> check_untied(const Leases& leases, const zfs::Handle& handle,
                             const std::vector<model::SnapshotTag>& holds) {
  const auto tied = TRY(leases.find_tied(handle, holds));
  if (tied.empty()) return Nothing{};
  Error error{.code = Code::exists, .subject = tied.front().hold.snapshot.text()};
  for (const auto& [hold, lease] : tied)
    error.faults.push_back(
        {.subject = hold.snapshot.text(),
         .code = Code::exists,
         .detail = fmt::format("the lease {} has the tag \"{}\" on {} until it ends, and would "
                               "release another hold with it",
                               lease.text(), hold.tag.text(), hold.snapshot.text())});
  error.detail = error.faults.front().detail;
  return error;
}

}  // namespace

template <>
Result<api::HoldCreate::Response> run<api::HoldCreate>(Context& context,
                                                       const api::HoldCreate::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold(trees_of(request.holds)));
  const auto all = TRY(expand(handle, request.holds, reach_of(request.recursive)));
  TRY(check_untied(context.leases, handle, all));
  std::optional<Leases::Opening> opening;
  if (request.lease_seconds)
    opening.emplace(TRY(context.leases.open(request.holds.front().snapshot.pool())));
  const zfs::Absent absent =
      TRY(zfs::hold_snapshots(handle, all, opening ? opening->fd() : zfs::permanent));
  auto [held, skipped] = outcome_of(all, request.holds, absent);
  api::HoldCreate::Response response{
      .held = std::move(held), .skipped = std::move(skipped), .lease = {}};
  if (opening && !response.held.empty())
    response.lease = TRY(std::move(*opening).begin(handle, response.held, *request.lease_seconds));
  return response;
}

}  // namespace zfsrest::ops
