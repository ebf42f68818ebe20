#pragma once

#include "api/fields.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolGet {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{required("pool", &Request::pool, "The pool.")};
    }
  };
  using Response = model::Pool;
  static constexpr Operation operation{
      .id = "pool.get",
      .method = Method::get,
      .path = "/v1/pools/{pool}",
      .role = Role::read,
      .lane = Lane::read,
      .late = Late::last_answer,
      .summary = "Show a pool with its properties and features.",
      .description =
          "A suspended pool is shown as such. If the kernel does not answer about the pool, the "
          "last "
          "answer is given again, with `as_of`.",
      .functions = {"ZFS_IOC_POOL_STATS", "ZFS_IOC_POOL_GET_PROPS", "lzc_get_props"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolGet>());

}  // namespace zfsrest::api
