#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct SnapshotClone {
  struct Request {
    model::SnapshotName snapshot;
    model::DatasetName to;
    model::PropertySettings properties;
    bool create_parents = false;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshot", &Request::snapshot, "The snapshot to clone."),
          required("to", &Request::to, "The new dataset's full name, in the same pool."),
          optional("properties", &Request::properties, "Properties of the new dataset."),
          optional("create_parents", &Request::create_parents,
                   "Create missing parents as file systems first."),
      };
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "snapshot.clone",
      .method = Method::post,
      .path = "/v1/snapshots/{snapshot}/clone",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::created,
      .location = "/v1/datasets/",
      .summary = "Create a file system or volume from a snapshot.",
      .description =
          "If the kernel does not accept a property there is no clone; where it could not take it "
          "back, as a volume that is just being looked at by the system, `applied` names it, and "
          "it is to be destroyed.",
      .errors = {{ENOENT, Code::not_found,
                  "The snapshot or the parent of the new dataset does not exist."},
                 {EEXIST, Code::exists, "A dataset of the new name exists."},
                 {EINVAL, Code::bad_request, "A property is not acceptable to the kernel."},
                 {ERANGE, Code::bad_request, "A property's value is out of range."},
                 {ENOTSUP, Code::wrong_state, "The pool lacks a feature that a property needs."},
                 {EACCES, Code::wrong_state,
                  "A clone is no encryption root, and has no `keylocation` of its own."},
                 {zfs_err_wrong_parent, Code::wrong_state,
                  "The parent is a volume; only file systems have children."},
                 {zfs_err_badprop, Code::bad_request, "A property cannot have this value here."},
                 {EDQUOT, Code::no_space,
                  "A quota or a limit on the number of datasets leaves no room."},
                 read_only_pool},
      .functions = {"lzc_clone"},
  };
  static std::string subject(const Request& request) { return request.to.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.to.pool() != request.snapshot.pool())
      spots.body.key("to").fault("a clone is made in the pool of its snapshot");
    if (request.to.parent().empty())
      spots.body.key("to").fault("a clone cannot be a pool's root file system");
    model::check_settings(request.properties, model::any_dataset, model::Moment::change,
                          spots.body.key("properties"));
  }
};
static_assert(well_declared<SnapshotClone>());

}  // namespace zfsrest::api
