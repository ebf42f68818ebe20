#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetUnloadKey {
  struct Request {
    model::DatasetName dataset;
    static constexpr auto fields() {
      return std::tuple{required("dataset", &Request::dataset, "The encryption root.")};
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.unload_key",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/unload-key",
      .role = Role::keys,
      .lane = Lane::write,
      .summary = "Unload the key of an encryption root.",
      .description =
          "Datasets that share the root's key cannot be opened then. What is mounted or in use is "
          "not unmounted for it.",
      .errors = {{EACCES, Code::key_not_loaded, "The key is not loaded."},
                 {EBUSY, Code::busy,
                  "Something that the key opens is mounted or in use; unmount it first."},
                 {ENOTSUP, Code::wrong_state, "The pool lacks the feature `encryption`."}},
      .functions = {"lzc_unload_key"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
};
static_assert(well_declared<DatasetUnloadKey>());

}  // namespace zfsrest::api
