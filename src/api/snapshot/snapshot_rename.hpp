#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct SnapshotRename {
  struct Request {
    model::SnapshotName snapshot;
    model::SnapshotName to;
    bool recursive = false;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshot", &Request::snapshot, "The snapshot."),
          required("to", &Request::to, "Its new full name, of the same dataset."),
          optional("recursive", &Request::recursive,
                   "Rename the snapshots of the same name below the dataset as well, all or none."),
      };
    }
  };
  using Response = model::Snapshot;
  static constexpr Operation operation{
      .id = "snapshot.rename",
      .method = Method::post,
      .path = "/v1/snapshots/{snapshot}/rename",
      .role = Role::operate,
      .lane = Lane::write,
      .summary = "Rename a snapshot.",
      .errors = {{EEXIST, Code::exists, "A snapshot of the new name exists."},
                 {ENAMETOOLONG, Code::bad_request, "The name of a snapshot would become too long."},
                 read_only_pool},
      .functions = {"lzc_rename"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.to.dataset() != request.snapshot.dataset())
      spots.body.key("to").fault("a snapshot stays with its dataset");
  }
};
static_assert(well_declared<SnapshotRename>());

}  // namespace zfsrest::api
