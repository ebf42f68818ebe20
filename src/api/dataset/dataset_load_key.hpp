#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/key.hpp"

namespace zfsrest::api {

struct DatasetLoadKey {
  struct Request {
    model::DatasetName dataset;
    model::Key key;
    bool verify_only = false;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The encryption root."),
          required("key", &Request::key, "Its key, in the form that its `keyformat` says.")
              .secret(),
          optional("verify_only", &Request::verify_only,
                   "Find out whether it is the key, and change nothing."),
      };
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.load_key",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/load-key",
      .role = Role::keys,
      .lane = Lane::write,
      .summary = "Load the key of an encryption root, or verify it.",
      .description =
          "It opens all datasets that share the root's key. Nothing is mounted, and neither files "
          "nor addresses that `keylocation` names are read: the key is in the request. It can be "
          "verified while it is loaded as well. A passphrase is taken as it is, byte for byte; "
          "stretching it takes as long as its `pbkdf2iters` make it, and its request waits for "
          "those of others then.",
      .errors = {{EACCES, Code::wrong_key, "This is not the dataset's key."},
                 {EEXIST, Code::wrong_state, "The key is loaded already."},
                 {EINVAL, Code::wrong_state, "The dataset is no encryption root."}},
      .functions = {"lzc_load_key"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static const model::Key* key(const Request& request) { return &request.key; }
};
static_assert(well_declared<DatasetLoadKey>());

}  // namespace zfsrest::api
