#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct SnapshotCreate {
  struct Request {
    std::vector<model::SnapshotName> snapshots;
    bool recursive = false;
    model::PropertySettings properties;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshots", &Request::snapshots,
                   "Full names, all in one pool, at most one of each dataset."),
          optional("recursive", &Request::recursive,
                   "Snapshot all that is below each dataset as well."),
          optional("properties", &Request::properties,
                   "User properties that each new snapshot gets."),
      };
    }
  };
  using Response = model::Items<model::Snapshot>;
  static constexpr Operation operation{
      .id = "snapshot.create",
      .method = Method::post,
      .path = "/v1/snapshots",
      .role = Role::snapshot,
      .lane = Lane::write,
      .success = Success::created,
      .summary = "Create snapshots, all of them at the same moment or none.",
      .description =
          "The datasets may be anywhere in one pool. When one snapshot cannot be created, none is, "
          "and `errors` says which.",
      .errors = {{ENOENT, Code::not_found, "A dataset does not exist."},
                 {EEXIST, Code::exists, "A snapshot of this name exists."},
                 {EBUSY, Code::busy, "A dataset is being received."},
                 {ENAMETOOLONG, Code::bad_request, "The name of a snapshot would become too long."},
                 {EDQUOT, Code::no_space, "A limit on the number of snapshots is reached."},
                 read_only_pool},
      .functions = {"lzc_snapshot"},
  };
  static std::string subject(const Request& request) {
    return request.snapshots.empty() ? std::string() : request.snapshots.front().text();
  }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<SnapshotCreate>());

}  // namespace zfsrest::api
