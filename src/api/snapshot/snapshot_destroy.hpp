#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct SnapshotDestroy {
  struct Request {
    model::SnapshotName snapshot;
    bool defer = false;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshot", &Request::snapshot, "The snapshot to destroy."),
          optional("defer", &Request::defer,
                   "Where a hold or a clone is in the way, destroy it when the last of them goes."),
      };
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "snapshot.destroy",
      .method = Method::del,
      .path = "/v1/snapshots/{snapshot}",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "Destroy a snapshot.",
      .errors = {{EBUSY, Code::held, "A hold protects it, or it is in use."},
                 {EEXIST, Code::has_clones, "It has clones."},
                 read_only_pool},
      .functions = {"lzc_destroy_snaps"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
};
static_assert(well_declared<SnapshotDestroy>());

}  // namespace zfsrest::api
