#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolCheckpoint {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{required("pool", &Request::pool, "The pool.")};
    }
  };
  using Response = model::PoolStatus;
  static constexpr Operation operation{
      .id = "pool.checkpoint",
      .method = Method::post,
      .path = "/v1/pools/{pool}/checkpoint",
      .role = Role::admin,
      .lane = Lane::write,
      .summary = "Take the pool's checkpoint: its whole state, to which an import can go back.",
      .description =
          "A pool has one checkpoint at most. While it is there, nothing that it needs is freed, "
          "so destroying frees no space, and devices cannot be removed, attached or detached. "
          "Going back undoes everything that was done since, on disk as well: properties, "
          "features and added vdevs included. The answer is the pool's status.",
      .errors =
          {{zfs_err_checkpoint_exists, Code::exists,
            "The pool has a checkpoint already; discard it first."},
           {zfs_err_discarding_checkpoint, Code::wrong_state,
            "The pool's last checkpoint is still being discarded; its status says how far that "
            "is."},
           {zfs_err_devrm_in_progress, Code::wrong_state,
            "A device is being removed from the pool; wait for the end of that, or cancel it."},
           {zfs_err_vdev_too_big, Code::wrong_state,
            "A vdev of the pool is too big for a checkpoint to be kept of it."},
           {zfs_err_raidz_expand_in_progress, Code::wrong_state,
            "A raidz vdev of the pool is being expanded; wait for the end of that."},
           {ENOTSUP, Code::wrong_state, "The pool's feature `zpool_checkpoint` is not enabled."},
           read_only_pool},
      .functions = {"lzc_pool_checkpoint", "ZFS_IOC_POOL_STATS"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolCheckpoint>());

}  // namespace zfsrest::api
