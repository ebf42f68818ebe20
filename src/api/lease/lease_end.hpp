#pragma once

#include "api/fields.hpp"
#include "model/hold.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct LeaseEnd {
  struct Request {
    model::LeaseId lease;
    static constexpr auto fields() {
      return std::tuple{required("lease", &Request::lease, "The lease.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "lease.end",
      .method = Method::del,
      .path = "/v1/leases/{lease}",
      .role = Role::snapshot,
      .lane = Lane::lease,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "End a lease now.",
      .description =
          "Its holds are gone when this answers, and snapshots that were destroyed with `defer` "
          "and that nothing else keeps. A suspended pool cannot let go of them, and the "
          "lease stays; one that runs out meanwhile is shown as `ending` until the pool goes on. "
          "If another tool has made a hold with a tag of the lease after the lease's own was "
          "released, the kernel would release that as well: the answer is `busy`, and the lease is "
          "`ending`, with all it holds, until that hold is released.",
      .functions = {"lzc_sync"},
  };
  static std::string subject(const Request& request) { return request.lease.pool(); }
};
static_assert(well_declared<LeaseEnd>());

}  // namespace zfsrest::api
