#pragma once

#include "api/fields.hpp"
#include "api/lease/seconds.hpp"
#include "model/hold.hpp"

namespace zfsrest::api {

struct LeaseRenew {
  struct Request {
    model::LeaseId lease;
    std::optional<std::uint32_t> lease_seconds;
    static constexpr auto fields() {
      return std::tuple{
          required("lease", &Request::lease, "The lease."),
          optional("lease_seconds", &Request::lease_seconds,
                   "How long it lasts from now on, from 1 to 86400; without it as long as it was "
                   "last given."),
      };
    }
  };
  using Response = model::Lease;
  static constexpr Operation operation{
      .id = "lease.renew",
      .method = Method::post,
      .path = "/v1/leases/{lease}/renew",
      .role = Role::snapshot,
      .lane = Lane::general,
      .summary = "Let a lease last longer, counted from now.",
      .description =
          "It works as well while the pool does not answer. One that has ended cannot be renewed; "
          "its holds are gone.",
  };
  static void check(const Request& request, const Spots& spots) {
    check_lease_seconds(request.lease_seconds, spots.body.key("lease_seconds"));
  }
};
static_assert(well_declared<LeaseRenew>());

}  // namespace zfsrest::api
