#include "api/job/job_resume.hpp"

#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobResume>(Context& context, const api::JobResume::Request& request) {
  return control_job(context, request.job, Control::resume);
}

}  // namespace zfsrest::ops
