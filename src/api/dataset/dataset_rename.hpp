#pragma once

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct DatasetRename {
  struct Request {
    model::DatasetName dataset;
    model::DatasetName to;
    bool create_parents = false;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The file system or volume."),
          required("to", &Request::to, "Its new full name, in the same pool."),
          optional("create_parents", &Request::create_parents,
                   "Create missing parents of the new name as file systems first."),
      };
    }
  };
  using Response = model::Dataset;
  static constexpr Operation operation{
      .id = "dataset.rename",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/rename",
      .role = Role::operate,
      .lane = Lane::write,
      .summary = "Rename a file system or volume, with all that is below it.",
      .errors =
          {{ENOENT, Code::not_found, "The dataset or the parent of the new name does not exist."},
           {EEXIST, Code::exists, "A dataset of the new name exists."},
           {EINVAL, Code::bad_request, "A dataset cannot be moved below itself."},
           {ENAMETOOLONG, Code::bad_request,
            "The name of a descendant would become too long or too deeply nested."},
           {zfs_err_wrong_parent, Code::wrong_state,
            "The new parent is a volume; only file systems have children."},
           {EACCES, Code::wrong_state,
            "An encrypted dataset cannot leave its encryption root, and its key must be loaded."},
           {EDQUOT, Code::no_space, "A quota or a limit above the new name leaves no room."},
           read_only_pool},
      .functions = {"lzc_rename"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.to.pool() != request.dataset.pool())
      spots.body.key("to").fault("the new name is in another pool");
    else if (request.to.parent().empty() || request.dataset.parent().empty())
      spots.body.key("to").fault(
          "a pool's root file system is renamed by exporting and importing the pool");
    else if (request.dataset.holds(request.to))
      spots.body.key("to").fault("a dataset cannot be moved below itself");
  }
};
static_assert(well_declared<DatasetRename>());

}  // namespace zfsrest::api
