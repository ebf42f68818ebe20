#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetPromote {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The clone.")};
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.promote",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/promote",
      .role = Role::operate,
      .lane = Lane::write,
      .summary = "Make a clone the owner of the snapshots that it shares with its origin.",
      .description =
          "Afterwards the former origin is a clone of this dataset. It happens as a whole or not "
          "at all.",
      .errors = {{EINVAL, Code::wrong_state, "The dataset is not a clone."},
                 {ENOTSOCK, Code::wrong_state, "The dataset is not a clone."},
                 {EEXIST, Code::exists,
                  "The clone has a snapshot of the same name as one that would move to it."},
                 {ENOSPC, Code::no_space,
                  "The clone's quota leaves no room for the snapshots that would move to it."},
                 {EDQUOT, Code::no_space,
                  "The clone's quota leaves no room for the snapshots that would move to it."},
                 read_only_pool},
      .functions = {"lzc_promote"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetPromote>());

}  // namespace zfsrest::api
