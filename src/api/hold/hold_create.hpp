#pragma once

#include "api/fields.hpp"
#include "model/hold.hpp"
#include "model/skipped.hpp"

namespace zfsrest::api {

struct HoldCreate {
  struct Request {
    std::vector<model::SnapshotTag> holds;
    bool recursive = false;
    std::optional<std::uint32_t> lease_seconds;
    static constexpr auto fields() {
      return std::tuple{
          required("holds", &Request::holds, "The holds to make, on snapshots of one pool."),
          optional(
              "recursive", &Request::recursive,
              "Hold the snapshots of the same name below each dataset as well, where there are "
              "such."),
          optional("lease_seconds", &Request::lease_seconds,
                   "Let the holds end with a lease that lasts so long unless it is renewed, from 1 "
                   "to 86400; without it they last until they are released."),
      };
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "HeldSnapshots";
    std::vector<model::SnapshotTag> held;
    std::vector<model::Skipped> skipped;
    std::optional<model::Lease> lease;
    static constexpr auto fields() {
      return std::tuple{
          required("held", &Response::held, "The holds that were made."),
          required("skipped", &Response::skipped, "Named snapshots that do not exist."),
          required("lease", &Response::lease,
                   "The lease that the holds end with; null if they have none, or if nothing was "
                   "held."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "hold.create",
      .method = Method::post,
      .path = "/v1/snapshots/hold",
      .role = Role::snapshot,
      .lane = Lane::write,
      .summary = "Hold snapshots, so that they cannot be destroyed.",
      .description =
          "Snapshots that do not exist are skipped, and all the others are held at the same "
          "moment. If anything else is in the way of one hold, none is made, and `errors` says "
          "which. Holds with a lease end when it does, and with the agent in any case; they are no "
          "shield against a restart. When it is not known whether they came to be, `/v1/leases` "
          "shows it. The kernel ends them by snapshot and tag, whoever's hold has that tag by "
          "then: so a tag of a lease is refused with `exists` until the lease has ended, even if "
          "its hold was released. Other tools are not kept from using it; give each lease tags of "
          "its own, with a random part.",
      .errors = {{EEXIST, Code::exists, "A hold with this tag is on the snapshot already."},
                 {ENOTSUP, Code::wrong_state, "The pool's version is too old for holds."},
                 read_only_pool},
      .functions = {"lzc_hold"},
  };
  static std::string subject(const Request& request) {
    return request.holds.empty() ? std::string() : request.holds.front().snapshot.text();
  }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<HoldCreate>());

}  // namespace zfsrest::api
