#pragma once

#include "api/job/job_get.hpp"

namespace zfsrest::api {

struct JobResume {
  using Request = OneJob;
  using Response = model::Job;
  static constexpr Operation operation{
      .id = "job.resume",
      .method = Method::post,
      .path = "/v1/jobs/{job}/resume",
      .role = Role::operate,
      .lane = Lane::general,
      .summary = "Let a job go on that rests.",
      .description = "It goes on where it was.",
  };
};
static_assert(well_declared<JobResume>());

}  // namespace zfsrest::api
