#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct DatasetAbortReceive {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The dataset.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "dataset.abort_receive",
      .method = Method::del,
      .path = "/v1/datasets/{dataset}/partial-receive",
      .role = Role::receive,
      .lane = Lane::write,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "Destroy what an interrupted receive has left in a dataset.",
      .description =
          "It cannot be resumed any more. The dataset itself is destroyed only if it is there for "
          "nothing else.",
      .errors = {{EBUSY, Code::busy, "It is being received right now."}, read_only_pool},
      .functions = {"lzc_destroy"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetAbortReceive>());

}  // namespace zfsrest::api
