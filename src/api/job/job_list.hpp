#pragma once

#include "api/fields.hpp"
#include "model/job.hpp"
#include "model/names.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct JobList {
  struct Request {
    std::vector<model::JobState> state;
    std::optional<model::PoolName> pool;
    std::optional<model::OperationId> operation;
    std::optional<std::uint32_t> limit;
    std::optional<model::Cursor> cursor;
    static constexpr auto fields() {
      return std::tuple{
          optional("state", &Request::state, "Only jobs in these states, separated by commas."),
          optional("pool", &Request::pool, "Only jobs that work on this pool."),
          optional("operation", &Request::operation, "Only jobs of this operation."),
          optional("limit", &Request::limit,
                   "How many at most, from 1 to 10000; without it 1000, or no limit as NDJSON."),
          optional("cursor", &Request::cursor,
                   "Where to go on, from the page before; the other controls must be the same."),
      };
    }
  };
  using Item = model::Job;
  using Response = model::Page<Item>;
  static constexpr Operation operation{
      .id = "job.list",
      .method = Method::get,
      .path = "/v1/jobs",
      .role = Role::read,
      .lane = Lane::general,
      .form = Form::rows,
      .summary = "List jobs, the newest first.",
      .description =
          "Jobs that have ended are kept for a while; the settings `jobs_kept` and `jobs_kept_s` "
          "say for how long.",
  };
  static void check(const Request& request, const Spots& spots) {
    check_limit(request.limit, spots.query);
  }
};
static_assert(well_declared<JobList>());

}  // namespace zfsrest::api
