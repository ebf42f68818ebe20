#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetGet {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The file system or volume.")};
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.get",
      .method = Method::get,
      .path = "/v1/datasets/{dataset}",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show a file system or volume with its properties.",
      .description = "With HEAD it says only whether the dataset exists.",
      .functions = {"lzc_exists", "ZFS_IOC_OBJSET_STATS"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetGet>());

}  // namespace zfsrest::api
