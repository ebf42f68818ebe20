#include "api/job/job_pause.hpp"

#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobPause>(Context& context, const api::JobPause::Request& request) {
  return control_job(context, request.job, Control::pause);
}

}  // namespace zfsrest::ops
