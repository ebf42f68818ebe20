#pragma once

#include "api/fields.hpp"
#include "model/partial_receive.hpp"

namespace zfsrest::api {

struct DatasetGetPartialReceive {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The dataset.")};
    }
  };
  using Response = model::PartialReceive;
  static constexpr Operation operation{
      .id = "dataset.get_partial_receive",
      .method = Method::get,
      .path = "/v1/datasets/{dataset}/partial-receive",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show what an interrupted receive has left in a dataset.",
      .description =
          "404 if there is no such dataset, or if it has nothing of the kind. Until it is resumed "
          "or aborted, no other stream can be received into the dataset.",
      .functions = {"ZFS_IOC_OBJSET_STATS"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetGetPartialReceive>());

}  // namespace zfsrest::api
