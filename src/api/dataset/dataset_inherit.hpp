#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetInherit {
  struct Request {
    model::DatasetName dataset;
    std::string property;
    bool received = false;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The file system or volume."),
          required("property", &Request::property,
                   "The property, a user property or one that can be inherited."),
          optional("received", &Request::received,
                   "Go back to the value that was received, if there is one."),
      };
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "dataset.inherit",
      .method = Method::del,
      .path = "/v1/datasets/{dataset}/properties/{property}",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::no_content,
      .summary = "Remove a property's own value, so that it is inherited or the default again.",
      .errors = {{EINVAL, Code::bad_request, "The property cannot be inherited."},
                 {ENOTSUP, Code::wrong_state, "The pool is too old for this."},
                 read_only_pool},
      .functions = {"ZFS_IOC_INHERIT_PROP"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static void check(const Request& request, const Spots& spots) {
    model::check_inheritable(request.property, spots.path.key("property"));
  }
};
static_assert(well_declared<DatasetInherit>());

}  // namespace zfsrest::api
