// The job that a request names, and what can be done to it.
#pragma once

#include "ops/context.hpp"

namespace zfsrest::ops {

inline Result<model::Job> find_job(const Context& context, model::JobId id) {
  auto job = context.jobs.find(id);
  if (job) return *std::move(job);
  return Error{.code = Code::not_found,
               .subject = id.text(),
               .detail = "there is no job " + id.text() + ", or none any more"};
}

inline Error wrong_state(const model::Job& job, const std::string& why) {
  return {.code = Code::wrong_state,
          .subject = job.id.text(),
          .detail = "job " + job.id.text() + " " + why};
}

// Pauses or resumes a job, which only what the kernel carries out can.
Result<Nothing> control_in_kernel(Context& context, model::JobId id, Control control);

}  // namespace zfsrest::ops
