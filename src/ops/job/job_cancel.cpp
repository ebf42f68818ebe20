#include "api/job/job_cancel.hpp"

#include "api/catalogue.hpp"
#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobCancel>(Context& context, const api::JobCancel::Request& request) {
  const model::Job job = TRY(find_job(context, request.job));
  if (model::has_ended(job.state)) return wrong_state(job, "has ended");
  const api::Operation* operation = api::find_operation(job.operation.id);
  if (operation && operation->runs == api::Runs::in_kernel) {
    TRY(context.control_job(job.id, Control::cancel));
  } else {
    context.jobs.cancel(job.id);
    context.interrupt_canceled();
  }
  return find_job(context, request.job);
}

}  // namespace zfsrest::ops
