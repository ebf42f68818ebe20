#include "api/job/job_get.hpp"

#include "ops/job/found.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Job> run<api::JobGet>(Context& context, const api::JobGet::Request& request) {
  return find_job(context, request.job);
}

}  // namespace zfsrest::ops
