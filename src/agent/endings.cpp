#include "agent/endings.hpp"

#include "api/problem.hpp"
#include "log/log.hpp"

namespace zfsrest::agent {

void note_finding(jobs::Registry& jobs, const api::Operation& operation, const model::Job& job,
                  ops::Finding finding) {
  if (finding.steps) jobs.set_steps(job.id, *std::move(finding.steps));
  if (!model::has_ended(finding.state) || finding.count)
    jobs.report(job.id, model::has_ended(finding.state) ? model::JobState::running : finding.state,
                finding.count);
  if (!model::has_ended(finding.state)) return;
  jobs.end(job.id, {.state = finding.state,
                    .result = std::move(finding.result),
                    .problem = finding.error ? json::Value(api::problem(*finding.error, operation,
                                                                        "job " + job.id.text()))
                                             : json::Value()});
}

void note_failure(jobs::Registry& jobs, const api::Operation& operation, model::JobId id,
                  const Error& error) {
  if (error.code == Code::canceled)
    return jobs.end(id,
                    {.state = model::JobState::canceled, .result = nullptr, .problem = nullptr});
  const std::string where = "job " + id.text();
  if (error.code == Code::bug)
    log::line(log::Level::error, "bug",
              {{"job", id.text()}, {"operation", operation.id}, {"detail", error.detail}});
  jobs.end(id, {.state = model::JobState::failed,
                .result = nullptr,
                .problem = api::problem(error, operation, where)});
}

}  // namespace zfsrest::agent
