#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct PoolDiscardCheckpoint {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{required("pool", &Request::pool, "The pool.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.discard_checkpoint",
      .method = Method::del,
      .path = "/v1/pools/{pool}/checkpoint",
      .role = Role::admin,
      .lane = Lane::write,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "Give up the pool's checkpoint.",
      .description =
          "From then on the pool cannot go back to it. Its space is freed in the background; until "
          "that has ended, the pool's status has the checkpoint as `discarding`, and no other can "
          "be taken.",
      .errors = {{zfs_err_no_checkpoint, Code::wrong_state, "The pool has no checkpoint."},
                 {zfs_err_discarding_checkpoint, Code::wrong_state,
                  "The pool's checkpoint is being discarded already."},
                 read_only_pool},
      .functions = {"lzc_pool_checkpoint_discard", "ZFS_IOC_POOL_STATS"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolDiscardCheckpoint>());

}  // namespace zfsrest::api
