#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct PoolDestroy {
  struct Request {
    model::PoolName pool;
    static constexpr auto fields() {
      return std::tuple{required("pool", &Request::pool, "The pool to destroy.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.destroy",
      .method = Method::del,
      .path = "/v1/pools/{pool}",
      .role = Role::admin,
      .lane = Lane::write,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "Destroy a pool with all that it holds.",
      .description =
          "Nothing is asked twice: see `plan=true` first. A pool with mounted file systems or open "
          "volumes is busy.",
      .errors = {{EBUSY, Code::busy,
                  "A file system is mounted, a volume is open, or a device is in use elsewhere."},
                 {EXDEV, Code::busy, "A spare of this pool is active in another pool."},
                 {1038, Code::busy, "The pool is being exported."},
                 read_only_pool},
      .functions = {"ZFS_IOC_POOL_DESTROY"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
};
static_assert(well_declared<PoolDestroy>());

}  // namespace zfsrest::api
