#include "api/job/job_list.hpp"

#include <algorithm>

#include "ops/listing.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

// A cursor is the number of the last job of the page before.
template <>
Result<model::PageEnd> list<api::JobList>(Context& context, const api::JobList::Request& request,
                                          Rows& rows) {
  constexpr std::size_t most_at_once = 256;
  std::optional<model::JobId> before;
  if (request.cursor) {
    const auto parsed = model::JobId::parse(request.cursor->token);
    if (!parsed.ok()) return bad_cursor();
    before = parsed.value();
  }
  const auto wanted = [&](const model::Job& job) {
    return (request.state.empty() ||
            std::ranges::find(request.state, job.state) != request.state.end()) &&
           (!request.pool || job.pool == request.pool->text()) &&
           (!request.operation || job.operation.id == request.operation->id);
  };
  while (const std::size_t room = std::min(rows.room(), most_at_once)) {
    const auto jobs = context.jobs.list(before, room, wanted);
    for (const model::Job& job : jobs)
      rows.add([&](json::Writer& out) { describe::write(job, out); });
    if (jobs.size() < room) return model::PageEnd{};
    before = jobs.back().id;
  }
  model::PageEnd end;
  if (before && !context.jobs.list(before, 1, wanted).empty())
    end.next_cursor = model::Cursor{before->text()};
  return end;
}

}  // namespace zfsrest::ops
