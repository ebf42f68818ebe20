#include "api/job/job_cancel.hpp"

#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobCancel>(Context& context, const api::JobCancel::Request& request) {
  return control_job(context, request.job, Control::cancel);
}

}  // namespace zfsrest::ops
