#pragma once

#include "api/fields.hpp"
#include "model/job.hpp"

namespace zfsrest::api {

// What the operations on one job ask for.
struct OneJob {
  model::JobId job;
  static constexpr auto fields() { return std::tuple{required("job", &OneJob::job, "The job.")}; }
};

struct JobGet {
  using Request = OneJob;
  using Response = model::Job;
  static constexpr Operation operation{
      .id = "job.get",
      .method = Method::get,
      .path = "/v1/jobs/{job}",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "Read a job: how far it has come, or how it has ended.",
      .description =
          "With `Prefer: wait=N` the answer comes when the job has ended, after N seconds at the "
          "latest. It costs ZFS nothing, however often and by however many it is asked.",
  };
  static const model::JobId& awaited(const Request& request) { return request.job; }
};
static_assert(well_declared<JobGet>());

}  // namespace zfsrest::api
