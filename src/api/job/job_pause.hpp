#pragma once

#include "api/job/job_get.hpp"

namespace zfsrest::api {

struct JobPause {
  using Request = OneJob;
  using Response = model::Job;
  static constexpr Operation operation{
      .id = "job.pause",
      .method = Method::post,
      .path = "/v1/jobs/{job}/pause",
      .role = Role::operate,
      .lane = Lane::general,
      .summary = "Let a job rest that the kernel carries out.",
      .description =
          "Scrubs, trims and initializations can rest; they do so beyond a restart of the host, "
          "until they are resumed.",
  };
};
static_assert(well_declared<JobPause>());

}  // namespace zfsrest::api
