#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetMount {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The file system.")};
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.mount",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/mount",
      .role = Role::operate,
      .lane = Lane::write,
      .engine = model::Engine::kernel,
      .summary = "Mount a file system where its properties say.",
      .description =
          "It alone is mounted, and not what is below it. The directory is made if it is "
          "missing.",
      .functions = {"mount(2)"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetMount>());

}  // namespace zfsrest::api
