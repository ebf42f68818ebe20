#pragma once

#include "api/dataset/key_change.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetChangeKey {
  using Request = KeyChange;
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.change_key",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/change-key",
      .role = Role::keys,
      .lane = Lane::write,
      .summary = "Change the key of an encrypted dataset.",
      .description =
          "A dataset that shared another's key becomes an encryption root. Data is not written "
          "anew: the new key wraps the master key that encrypts it, so who had both the old key "
          "and the disks before may know that. It happens as a whole or not at all.",
      .errors = {{EACCES, Code::key_not_loaded,
                  "The present key, or the parent's that is to be inherited, is not loaded."},
                 {EINVAL, Code::wrong_state, "The key of this dataset cannot be changed so."},
                 {ENOTSUP, Code::wrong_state, "The pool lacks the feature `encryption`."},
                 read_only_pool},
      .functions = {"lzc_change_key"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static const model::Key* key(const Request& request) {
    return request.key ? &*request.key : nullptr;
  }
  static void check(const Request& request, const Spots& spots) {
    check_key_change(request, spots.body);
  }
};
static_assert(well_declared<DatasetChangeKey>());

}  // namespace zfsrest::api
