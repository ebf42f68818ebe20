#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetUnmount {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The file system.")};
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.unmount",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/unmount",
      .role = Role::operate,
      .lane = Lane::write,
      .engine = model::Engine::kernel,
      .summary = "Unmount a file system, and those below it that are mounted on it.",
      .description = "If one of them is in use, all stay mounted.",
      .functions = {"umount2(2)"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetUnmount>());

}  // namespace zfsrest::api
