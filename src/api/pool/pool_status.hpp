#pragma once

#include "api/fields.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolStatusGet {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{required("pool", &Request::pool, "The pool.")};
    }
  };
  using Response = model::PoolStatus;
  static constexpr Operation operation{
      .id = "pool.status",
      .method = Method::get,
      .path = "/v1/pools/{pool}/status",
      .role = Role::read,
      .lane = Lane::rescue,
      .late = Late::last_answer,
      .summary = "Show a pool's health: its vdevs with states and error counters, and its scan.",
      .description =
          "It has workers of its own, so that it answers while others wait for the pool. If the "
          "kernel does not answer about the pool, the last answer is given again, with `as_of`.",
      .functions = {"ZFS_IOC_POOL_STATS"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolStatusGet>());

}  // namespace zfsrest::api
