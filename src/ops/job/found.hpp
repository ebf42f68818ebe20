// The job that a request names, and what can be done to it.
#pragma once

#include "ops/context.hpp"

namespace zfsrest::ops {

Result<model::Job> find_job(const Context& context, model::JobId id);

// Does it to a job that has not ended, and returns the job as it is then.
Result<model::Job> control_job(const Context& context, model::JobId id, Control control);

}  // namespace zfsrest::ops
