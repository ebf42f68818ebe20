#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct SnapshotSpace {
  struct Request {
    model::SnapshotName snapshot;
    std::optional<model::SnapshotName> through;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshot", &Request::snapshot, "The first, oldest, snapshot."),
          optional("through", &Request::through,
                   "The last, newest, snapshot of the same dataset; without it the first alone."),
      };
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "SnapshotSpace";
    std::uint64_t used_bytes = 0;
    static constexpr auto fields() {
      return std::tuple{
          required("used_bytes", &Response::used_bytes, "What destroying all of them would free.")};
    }
  };
  static constexpr Operation operation{
      .id = "snapshot.space",
      .method = Method::get,
      .path = "/v1/snapshots/{snapshot}/space",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Say how much space a range of snapshots holds that nothing else does.",
      .errors = {{EINVAL, Code::bad_request, "The last snapshot is older than the first."}},
      .functions = {"lzc_snaprange_space"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.through && request.through->dataset() != request.snapshot.dataset())
      spots.query.key("through").fault("the snapshots are of two datasets");
  }
};
static_assert(well_declared<SnapshotSpace>());

}  // namespace zfsrest::api
