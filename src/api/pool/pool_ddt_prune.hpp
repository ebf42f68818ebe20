#pragma once

#include "api/fields.hpp"
#include "model/background.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct PoolDdtPrune {
  struct Request {
    model::PoolName pool;
    std::optional<std::uint64_t> older_than_seconds;
    std::optional<std::uint32_t> percentage;
    static constexpr auto fields() {
      return std::tuple{
          required("pool", &Request::pool, "The pool."),
          optional("older_than_seconds", &Request::older_than_seconds,
                   "Take out entries that are older than that."),
          optional("percentage", &Request::percentage,
                   "Take out that part of the entries, the oldest, from 1 to 100."),
      };
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "pool.ddt_prune",
      .method = Method::post,
      .path = "/v1/pools/{pool}/ddt-prune",
      .role = Role::operate,
      .lane = Lane::job,
      .since = model::release_2_3,
      .runs = Runs::as_job,
      .success = Success::no_content,
      .summary = "Take entries out of the deduplication table whose blocks nothing shares.",
      .description =
          "The table gets smaller, and later copies of such blocks are stored anew. The data is "
          "not touched.",
      .errors = {{ENOTSUP, Code::wrong_state,
                  "The pool has no deduplication table of the kind that `fast_dedup` makes."},
                 {EALREADY, Code::busy, "The table is being pruned already."},
                 {EINVAL, Code::bad_request, "The amount is out of range."},
                 read_only_pool},
      .functions = {"lzc_ddt_prune"},
  };
  static std::string subject(const Request& request) { return request.pool.text(); }
  static void check(const Request& request, const Spots& spots) {
    constexpr std::uint32_t all = 100;
    if (request.older_than_seconds.has_value() == request.percentage.has_value())
      spots.body.fault("give either `older_than_seconds` or `percentage`");
    if (request.percentage && (*request.percentage < 1 || *request.percentage > all))
      spots.body.key("percentage").fault("percentage is from 1 to 100");
    if (request.older_than_seconds == 0)
      spots.body.key("older_than_seconds").fault("older_than_seconds is at least 1");
  }
};
static_assert(well_declared<PoolDdtPrune>());

}  // namespace zfsrest::api
