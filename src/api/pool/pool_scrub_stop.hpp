#pragma once

#include "api/pool/pool_scrub_pause.hpp"

namespace zfsrest::api {

struct PoolScrubStop {
  using Request = RunningScrub;
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.scrub_stop",
      .method = Method::post,
      .path = "/v1/pools/{pool}/scrub/stop",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::no_content,
      .summary = "End the running or paused scrub, whoever began it.",
      .description = "It cannot be resumed; the next one begins anew.",
      .errors = {{ENOENT, Code::wrong_state, "The pool is not being scrubbed."}, read_only_pool},
      .functions = {"lzc_scrub", "ZFS_IOC_POOL_SCAN"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolScrubStop>());

}  // namespace zfsrest::api
