#pragma once

#include "api/fields.hpp"
#include "model/background.hpp"
#include "model/names.hpp"
#include "model/pool.hpp"

namespace zfsrest::api {

struct PoolScrub {
  struct Request {
    model::PoolName pool;
    model::ScrubKind kind = model::ScrubKind::all;
    std::optional<model::Time> since;
    std::optional<model::Time> until;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional("kind", &Request::kind, "What is read."),
          optional("since", &Request::since, "Only what was written since then.")
              .needs(model::release_2_4),
          optional("until", &Request::until, "Only what was written until then.")
              .needs(model::release_2_4),
      };
    }
  };
  // How the scrub has ended.
  struct Response {
    std::optional<model::Scan> scan;
    std::optional<model::ErrorScrub> error_scrub;
    static constexpr auto fields() {
      return std::tuple{
          required("scan", &Response::scan, "The scrub; null for one of damaged blocks."),
          required("error_scrub", &Response::error_scrub,
                   "The scrub of damaged blocks; null if there were none, and for others."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "pool.scrub",
      .method = Method::post,
      .path = "/v1/pools/{pool}/scrub",
      .role = Role::operate,
      .lane = Lane::write,
      .runs = Runs::in_kernel,
      .summary = "Read all that is stored, and repair what is damaged.",
      .description =
          "A scrub that is paused goes on, as what it is. There is one at most in a pool; the job "
          "ends with it, also when another tool stops it.",
      .errors = {{EBUSY, Code::busy, "The pool is being scrubbed or resilvered already."},
                 {ENOTSUP, Code::wrong_state, "The pool's on-disk format does not allow it."},
                 {EINVAL, Code::bad_request, "The span of time is empty."},
                 read_only_pool},
      .functions = {"lzc_scrub", "ZFS_IOC_POOL_SCAN"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots) {
    const bool has_span = request.since || request.until;
    if (has_span && request.kind != model::ScrubKind::all)
      spots.body.key("kind").fault("a span of time goes with `all` only");
    if (request.since && request.until && request.until->seconds < request.since->seconds)
      spots.body.key("until").fault("`until` is before `since`");
  }
};
static_assert(well_declared<PoolScrub>());

}  // namespace zfsrest::api
