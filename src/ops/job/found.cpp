#include "ops/job/found.hpp"

namespace zfsrest::ops {

Result<model::Job> find_job(const Context& context, model::JobId id) {
  auto job = context.jobs.find(id);
  if (job) return *std::move(job);
  return Error{.code = Code::not_found,
               .subject = id.text(),
               .detail = "there is no job " + id.text() + ", or none any more"};
}

Result<model::Job> control_job(const Context& context, model::JobId id, Control control) {
  if (model::has_ended(TRY(find_job(context, id)).state))
    return Error{.code = Code::wrong_state,
                 .subject = id.text(),
                 .detail = "job " + id.text() + " has ended"};
  TRY(context.control_job(id, control));
  return find_job(context, id);
}

}  // namespace zfsrest::ops
