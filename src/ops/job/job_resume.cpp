#include "api/job/job_resume.hpp"

#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobResume>(Context& context, const api::JobResume::Request& request) {
  TRY(control_in_kernel(context, request.job, Control::resume));
  return find_job(context, request.job);
}

}  // namespace zfsrest::ops
