#pragma once

#include "api/fields.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolClear {
  struct Request {
    model::PoolName pool;
    std::optional<model::Guid> vdev;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional("vdev", &Request::vdev,
                   "The vdev, of any level, whose errors are cleared; without it all."),
      };
    }
  };
  using Response = model::PoolStatus;
  static constexpr Operation operation{
      .id = "pool.clear",
      .method = Method::post,
      .path = "/v1/pools/{pool}/clear",
      .role = Role::operate,
      .lane = Lane::rescue,
      .summary = "Clear the errors of a pool's vdevs, and let a suspended pool go on.",
      .description =
          "Faulted vdevs and those that could not be opened are opened again, and what was "
          "suspended is tried again, whatever `vdev` names. It has workers of its own, so that it "
          "can be called while others wait for the pool. The answer is the pool's status.",
      .errors =
          {{ENODEV, Code::not_found, "The pool has no such vdev."},
           {EIO, Code::suspended,
            "The pool's devices still fail, so it is suspended again; its status says which."},
           {EREMOTEIO, Code::wrong_state, "Another host uses the pool (`multihost`)."},
           read_only_pool},
      .functions = {"ZFS_IOC_CLEAR", "ZFS_IOC_POOL_STATS"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolClear>());

}  // namespace zfsrest::api
