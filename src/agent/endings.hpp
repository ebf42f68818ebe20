// How jobs end, as what is known of them says.
#pragma once

#include "api/operation.hpp"
#include "jobs/registry.hpp"
#include "ops/work.hpp"

namespace zfsrest::agent {

// What a finding means for a job: its progress, or its end.
void note_finding(jobs::Registry& jobs, const api::Operation& operation, const model::Job& job,
                  ops::Finding finding);

// What an error means for the job that failed with it: it was canceled, or it has failed.
void note_failure(jobs::Registry& jobs, const api::Operation& operation, model::JobId id,
                  const Error& error);

}  // namespace zfsrest::agent
