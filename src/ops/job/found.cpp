#include "ops/job/found.hpp"

#include "api/catalogue.hpp"

namespace zfsrest::ops {

Result<Nothing> control_in_kernel(Context& context, model::JobId id, Control control) {
  const model::Job job = TRY(find_job(context, id));
  if (model::has_ended(job.state)) return wrong_state(job, "has ended");
  const api::Operation* operation = api::find_operation(job.operation.id);
  if (!operation || operation->runs != api::Runs::in_kernel)
    return wrong_state(job, "is none that the kernel carries out, and can only be canceled");
  return context.control_job(job.id, control);
}

}  // namespace zfsrest::ops
