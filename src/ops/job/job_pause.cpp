#include "api/job/job_pause.hpp"

#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobPause>(Context& context, const api::JobPause::Request& request) {
  TRY(control_in_kernel(context, request.job, Control::pause));
  return find_job(context, request.job);
}

}  // namespace zfsrest::ops
