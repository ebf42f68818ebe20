#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/dataset.hpp"
#include "model/key.hpp"

namespace zfsrest::api {

struct DatasetCreate {
  struct Request {
    model::DatasetName name;
    model::DatasetType type = model::DatasetType::filesystem;
    model::PropertySettings properties;
    std::optional<model::Key> key;
    bool create_parents = false;
    static constexpr auto fields() {
      return std::tuple{
          required("name", &Request::name, "The new dataset's full name."),
          optional("type", &Request::type, "What to create."),
          optional("properties", &Request::properties,
                   "Its properties; a volume needs `volsize`, in bytes."),
          optional("key", &Request::key,
                   "The key with which it is encrypted, if it does not share its parent's; the "
                   "property `keyformat` follows from its type.")
              .secret(),
          optional("create_parents", &Request::create_parents,
                   "Create missing parents as file systems first."),
      };
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.create",
      .method = Method::post,
      .path = "/v1/datasets",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::created,
      .location = "/v1/datasets/",
      .summary = "Create a file system or a volume.",
      .description =
          "The dataset and its properties come to be together or not at all; parents that were "
          "created on request stay "
          "if a later step fails, and the problem then names them. A volume reserves no space "
          "unless "
          "`refreservation` is given. With `encryption` on and a `key` it becomes an encryption "
          "root, "
          "whose key is loaded; below an encrypted parent it is encrypted with the parent's key if "
          "none is given. `keylocation` is `prompt` unless it is set, and is never read: the key "
          "is "
          "in the request.",
      .errors = {{ENOENT, Code::not_found, "The parent does not exist; `create_parents` makes it."},
                 {EEXIST, Code::exists, "A dataset of this name exists."},
                 {zfs_err_wrong_parent, Code::wrong_state,
                  "The parent is a volume; only file systems have children."},
                 {EINVAL, Code::bad_request, "A property is not acceptable to the kernel."},
                 {zfs_err_badprop, Code::bad_request, "A property cannot have this value here."},
                 {ERANGE, Code::bad_request, "A property's value is out of range."},
                 {EDOM, Code::bad_request, "A property's value is out of range."},
                 {ENOTSUP, Code::wrong_state, "The pool lacks a feature that a property needs."},
                 {EDQUOT, Code::no_space,
                  "A quota or a limit on the number of datasets leaves no room."},
                 {EACCES, Code::key_not_loaded,
                  "The parent is encrypted and its key is not loaded."},
                 read_only_pool},
      .functions = {"lzc_create"},
  };
  static std::string subject(const Request& request) { return request.name.text(); }
  static const model::Key* key(const Request& request) {
    return request.key ? &*request.key : nullptr;
  }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<DatasetCreate>());

}  // namespace zfsrest::api
