#pragma once

#include "api/pool/pool_scrub.hpp"

namespace zfsrest::api {

// What the operations on a running scrub ask for.
struct RunningScrub {
  model::PoolName pool;
  static constexpr auto fields() {
    return std::tuple{required("pool", &RunningScrub::pool, "The pool.")};
  }
};

struct PoolScrubPause {
  using Request = RunningScrub;
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.scrub_pause",
      .method = Method::post,
      .path = "/v1/pools/{pool}/scrub/pause",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::no_content,
      .summary = "Let the running scrub rest, whoever began it.",
      .description =
          "It rests beyond an export or a restart, until it is resumed by scrubbing the pool.",
      .errors = {{ENOENT, Code::wrong_state, "The pool is not being scrubbed."},
                 {EBUSY, Code::wrong_state, "The scrub rests already."},
                 read_only_pool},
      .functions = {"lzc_scrub", "ZFS_IOC_POOL_SCAN"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolScrubPause>());

}  // namespace zfsrest::api
