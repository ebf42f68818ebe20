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
      .lane = Lane::read,
      .summary = "Let a lease last longer, counted from now.",
      .description =
          "Success says that the pool was asked and that the `holds` of the answer are there now. "
          "A lease that has ended cannot be renewed, nor one whose holds were all released by "
          "others or went with an export of the pool: it is not found, and nothing is held. If "
          "the pool is suspended the lease lasts longer all the same, but the answer is "
          "`suspended`, because what it holds is not known; if the pool does not answer, nobody "
          "knows either.",
      .functions = {"lzc_get_holds", "ZFS_IOC_DSOBJ_TO_DSNAME"},
  };
  static std::string subject(const Request& request) { return request.lease.pool(); }
  static void check(const Request& request, const Spots& spots) {
    check_lease_seconds(request.lease_seconds, spots.body.key("lease_seconds"));
  }
};
static_assert(well_declared<LeaseRenew>());

}  // namespace zfsrest::api
