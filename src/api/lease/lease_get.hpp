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
      .lane = Lane::general,
      .summary = "Show a lease with the holds that end with it.",
      .description = "A lease that has ended does not exist any more.",
  };
};
static_assert(well_declared<LeaseGet>());

}  // namespace zfsrest::api
