#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/key.hpp"

namespace zfsrest::api {

struct DatasetChangeKey {
  struct Request {
    model::DatasetName dataset;
    std::optional<model::Key> key;
    bool inherit = false;
    std::optional<std::string> keylocation;
    std::optional<std::uint64_t> pbkdf2iters;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The encrypted dataset."),
          optional("key", &Request::key, "Its new key, of any form.").secret(),
          optional("inherit", &Request::inherit,
                   "In place of a new key, take the one of the parent; the dataset is no "
                   "encryption root then."),
          optional("keylocation", &Request::keylocation,
                   "Where the stock tools look for the key from now on; without it, what an "
                   "encryption root has stays, and a new one gets `prompt`."),
          optional("pbkdf2iters", &Request::pbkdf2iters,
                   "How many rounds of PBKDF2 make a key of a new passphrase; 350000 without it."),
      };
    }
  };
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
  static void check(const Request& request, const Spots& spots);
  // What it says of the new key, as the properties that it becomes.
  static model::PropertySettings new_key_settings(const Request& request);
};
static_assert(well_declared<DatasetChangeKey>());

}  // namespace zfsrest::api
