#pragma once

#include "api/fields.hpp"
#include "model/hold.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct LeaseList {
  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };
  using Response = model::Items<model::Lease>;
  static constexpr Operation operation{
      .id = "lease.list",
      .method = Method::get,
      .path = "/v1/leases",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "List the leases that temporary holds end with.",
      .description =
          "Each is shown as it was when its pool was last asked, which getting and renewing it do, "
          "and releasing its holds; listing asks no pool. Each keeps `/dev/zfs` open, and so the "
          "module from being unloaded. Leases do not outlive the agent: when it ends or is "
          "restarted, they and their holds are gone.",
  };
};
static_assert(well_declared<LeaseList>());

}  // namespace zfsrest::api
