#pragma once

#include "api/fields.hpp"
#include "model/dataset.hpp"

namespace zfsrest::api {

struct SnapshotGet {
  struct Request {
    model::SnapshotName snapshot;
    static constexpr auto fields() {
      return std::tuple{required("snapshot", &Request::snapshot, "The snapshot.")};
    }
  };
  using Response = model::Snapshot;
  static constexpr Operation operation{
      .id = "snapshot.get",
      .method = Method::get,
      .path = "/v1/snapshots/{snapshot}",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show a snapshot with its properties.",
      .description = "With HEAD it says only whether the snapshot exists.",
      .functions = {"lzc_exists", "ZFS_IOC_OBJSET_STATS"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
};
static_assert(well_declared<SnapshotGet>());

}  // namespace zfsrest::api
