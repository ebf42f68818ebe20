#pragma once

#include "api/pool/pool_wait.hpp"

namespace zfsrest::api {

struct DatasetWait {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The file system.")};
    }
  };
  using Response = Waited;
  static constexpr Operation operation{
      .id = "dataset.wait",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/wait",
      .role = Role::read,
      .lane = Lane::wait,
      .runs = Runs::as_job,
      .summary = "Wait until the space of all deleted files of a file system is free.",
      .description = "A job waits anew when the daemon was restarted.",
      .errors = {read_only_pool},
      .functions = {"lzc_wait_fs"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetWait>());

}  // namespace zfsrest::api
