#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct PoolSync {
  struct Request {
    model::PoolName pool;
    bool force = false;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional("force", &Request::force,
                   "Begin a new transaction group even if there is nothing to write."),
      };
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.sync",
      .method = Method::post,
      .path = "/v1/pools/{pool}/sync",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::no_content,
      .summary = "Wait until all that was written so far is on the pool's devices.",
      .errors = {read_only_pool},
      .functions = {"lzc_sync"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolSync>());

}  // namespace zfsrest::api
