#pragma once

#include "api/fields.hpp"
#include "api/snapshot/batch.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct SnapshotDestroyMany {
  struct Request {
    std::vector<model::SnapshotRange> snapshots;
    bool defer = false;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshots", &Request::snapshots,
                   "Snapshots and ranges of snapshots, all in one pool."),
          optional("defer", &Request::defer,
                   "Where a hold or a clone is in the way, destroy the snapshot when the last of "
                   "them goes."),
      };
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "DestroyedSnapshots";
    std::vector<std::string> destroyed;
    std::vector<std::string> absent;
    static constexpr auto fields() {
      return std::tuple{
          required("destroyed", &Response::destroyed,
                   "The snapshots that are gone, or with `defer` will be."),
          required("absent", &Response::absent, "Named snapshots that did not exist."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "snapshot.destroy_many",
      .method = Method::post,
      .path = "/v1/snapshots/destroy",
      .role = Role::operate,
      .lane = Lane::write,
      .plans = Plans::yes,
      .summary = "Destroy snapshots of one pool, all of them or none.",
      .description =
          "Names that do not exist are reported, not refused, so that a repetition succeeds; an "
          "end of a range that does "
          "not exist is refused.",
      .errors = {{EBUSY, Code::held, "A hold protects a snapshot, or it is in use."},
                 {EEXIST, Code::has_clones, "A snapshot has clones."},
                 read_only_pool},
      .functions = {"lzc_destroy_snaps", "lzc_snaprange_space"},
  };
  static std::string subject(const Request& request) {
    return request.snapshots.empty() ? std::string() : request.snapshots.front().text();
  }
  static void check(const Request& request, const Spots& spots) {
    check_one_pool(request.snapshots, spots.body.key("snapshots"));
  }
};
static_assert(well_declared<SnapshotDestroyMany>());

}  // namespace zfsrest::api
