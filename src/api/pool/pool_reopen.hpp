#pragma once

#include "api/fields.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolReopen {
  struct Request {
    model::PoolName pool;
    bool restart_resilver = true;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional(
              "restart_resilver", &Request::restart_resilver,
              "Whether a device that came back is resilvered at once even if that ends a running "
              "scrub; true without it. With false a running scrub goes on."),
      };
    }
  };
  using Response = model::PoolStatus;
  static constexpr Operation operation{
      .id = "pool.reopen",
      .method = Method::post,
      .path = "/v1/pools/{pool}/reopen",
      .role = Role::operate,
      .lane = Lane::write,
      .summary = "Open all devices of a pool again.",
      .description =
          "What came back is used again and resilvered, what is gone is found to be so, and new "
          "sizes are seen. The answer is the pool's status, in which a device that could not be "
          "opened has its `reason`.",
      .functions = {"lzc_reopen", "ZFS_IOC_POOL_STATS"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolReopen>());

}  // namespace zfsrest::api
