#pragma once

#include "api/fields.hpp"
#include "api/hold/batch.hpp"
#include "model/hold.hpp"
#include "model/plan.hpp"
#include "model/skipped.hpp"

namespace zfsrest::api {

struct HoldRelease {
  struct Request {
    std::vector<model::SnapshotTag> holds;
    bool recursive = false;
    static constexpr auto fields() {
      return std::tuple{
          required("holds", &Request::holds, "The holds to release, on snapshots of one pool."),
          optional("recursive", &Request::recursive,
                   "Release the same holds on the snapshots of the same name below each dataset as "
                   "well, where there are such."),
      };
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "ReleasedSnapshots";
    std::vector<model::SnapshotTag> released;
    std::vector<model::Skipped> skipped;
    static constexpr auto fields() {
      return std::tuple{
          required("released", &Response::released, "The holds that are gone."),
          required("skipped", &Response::skipped,
                   "Named snapshots that do not exist or have no such hold."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "hold.release",
      .method = Method::post,
      .path = "/v1/snapshots/release",
      .role = Role::operate,
      .lane = Lane::write,
      .plans = Plans::yes,
      .summary = "Release holds on snapshots.",
      .description =
          "Holds that do not exist are skipped, so that a repetition succeeds, and all the others "
          "go at the same moment. If anything else is in the way of one, none goes, and `errors` "
          "says which. A snapshot that was destroyed with `defer` goes with its last hold. A lease "
          "ends with the release of the last of its holds.",
      .errors = {{EBUSY, Code::busy,
                  "The snapshot would be destroyed with its last hold, and is in use."},
                 read_only_pool},
      .functions = {"lzc_release"},
  };
  static std::string subject(const Request& request) {
    return request.holds.empty() ? std::string() : request.holds.front().snapshot.text();
  }
  static void check(const Request& request, const Spots& spots) {
    check_holds(request.holds, spots.body.key("holds"));
  }
};
static_assert(well_declared<HoldRelease>());

}  // namespace zfsrest::api
