#pragma once

#include "api/job/job_get.hpp"

namespace zfsrest::api {

struct JobCancel {
  using Request = OneJob;
  using Response = model::Job;
  static constexpr Operation operation{
      .id = "job.cancel",
      .method = Method::post,
      .path = "/v1/jobs/{job}/cancel",
      .role = Role::operate,
      .lane = Lane::general,
      .summary = "End a job before its time.",
      .description =
          "One that waits ends at once. One that works ends after the step that it is at; what was "
          "done stays done, and the job's `steps` name it. One that the kernel carries out is "
          "stopped there. The answer is the job, which may still be ending.",
  };
};
static_assert(well_declared<JobCancel>());

}  // namespace zfsrest::api
