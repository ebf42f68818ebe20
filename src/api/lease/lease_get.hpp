#pragma once

#include "api/fields.hpp"
#include "model/hold.hpp"

namespace zfsrest::api {

struct LeaseGet {
  struct Request {
    model::LeaseId lease;
    static constexpr auto fields() {
      return std::tuple{required("lease", &Request::lease, "The lease.")};
    }
  };
  using Response = model::Lease;
  static constexpr Operation operation{
      .id = "lease.get",
      .method = Method::get,
      .path = "/v1/leases/{lease}",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show a lease with the holds that end with it.",
      .description =
          "The pool is asked which of them are still there. A lease that has ended, or that holds "
          "nothing any more, does not exist.",
      .functions = {"lzc_get_holds", "ZFS_IOC_DSOBJ_TO_DSNAME"},
  };
  static std::string subject(const Request& request) { return request.lease.pool(); }
};
static_assert(well_declared<LeaseGet>());

}  // namespace zfsrest::api
