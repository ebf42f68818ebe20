#pragma once

#include "api/fields.hpp"
#include "model/background.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

// What a job that waited has to tell.
struct Waited {
  bool waited = false;
  static constexpr auto fields() {
    return std::tuple{
        required("waited", &Waited::waited, "Whether there was something to wait for.")};
  }
};

struct PoolWait {
  struct Request {
    model::PoolName pool;
    model::Activity activity = model::Activity::scrub;
    std::optional<model::Guid> vdev;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          required("activity", &Request::activity, "What is waited for."),
          optional("vdev", &Request::vdev,
                   "For `initialize` and `trim`: the one leaf of which it is waited for."),
      };
    }
  };
  using Response = Waited;
  static constexpr Operation operation{
      .id = "pool.wait",
      .method = Method::post,
      .path = "/v1/pools/{pool}/wait",
      .role = Role::read,
      .lane = Lane::wait,
      .runs = Runs::as_job,
      .summary = "Wait until something that the kernel does in the background has ended.",
      .description =
          "A scrub that is paused counts as ended, and so does all of a pool that is exported or "
          "destroyed. A job waits anew when the daemon was restarted.",
      .errors = {{EINVAL, Code::bad_request, "The pool has no such leaf."}, read_only_pool},
      .functions = {"lzc_wait", "lzc_wait_tag"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.vdev && request.activity != model::Activity::initialize &&
        request.activity != model::Activity::trim)
      spots.body.key("vdev").fault("a leaf can be waited for by `initialize` and `trim` only");
  }
};
static_assert(well_declared<PoolWait>());

}  // namespace zfsrest::api
