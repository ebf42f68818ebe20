#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct DatasetRollback {
  struct Request {
    model::DatasetName dataset;
    std::optional<model::SnapshotName> to;
    bool destroy_newer = false;
    static constexpr auto fields() {
      return std::tuple{
          required("dataset", &Request::dataset, "The file system or volume."),
          optional("to", &Request::to, "The snapshot to go back to; without it the newest."),
          optional("destroy_newer", &Request::destroy_newer,
                   "Destroy the snapshots and bookmarks that are newer first."),
      };
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "Rollback";
    model::SnapshotName to;
    static constexpr auto fields() {
      return std::tuple{required("to", &Response::to, "The snapshot that was gone back to.")};
    }
  };
  static constexpr Operation operation{
      .id = "dataset.rollback",
      .method = Method::post,
      .path = "/v1/datasets/{dataset}/rollback",
      .role = Role::admin,
      .lane = Lane::write,
      .plans = Plans::yes,
      .summary = "Put a dataset back to the state of a snapshot; what was written since is lost.",
      .description =
          "With `destroy_newer` the newer snapshots go first, all of them or none, then the newer "
          "bookmarks; if the rollback itself then fails, the problem lists them as `applied`.",
      .errors = {{ESRCH, Code::not_found, "The dataset has no such snapshot."},
                 {EEXIST, Code::newer_snapshots,
                  "Newer snapshots or bookmarks are in the way; `destroy_newer` destroys them."},
                 {EBUSY, Code::busy, "The dataset is in use."},
                 {EDQUOT, Code::no_space, "A quota leaves no room for the state of the snapshot."},
                 read_only_pool},
      .functions = {"lzc_rollback", "lzc_rollback_to", "lzc_destroy_snaps", "lzc_get_bookmarks",
                    "lzc_destroy_bookmarks"},
  };
  static std::string subject(const Request& request) { return request.dataset.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.to && request.to->dataset() != request.dataset.text())
      spots.body.key("to").fault("the snapshot is of another dataset");
  }
};
static_assert(well_declared<DatasetRollback>());

}  // namespace zfsrest::api
