#pragma once

#include "api/dataset/listing.hpp"

namespace zfsrest::api {

struct SnapshotList {
  using Request = Listing;
  using Item = model::Snapshot;
  using Response = model::Page<describe::Part<Item>>;
  static constexpr Operation operation{
      .id = "snapshot.list",
      .method = Method::get,
      .path = "/v1/snapshots",
      .role = Role::read,
      .lane = Lane::list,
      .form = Form::rows,
      .summary = "List snapshots with their properties.",
      .description =
          "They come dataset by dataset. An object that is present and unchanged throughout "
          "appears exactly once.",
      .functions = {"ZFS_IOC_DATASET_LIST_NEXT", "ZFS_IOC_SNAPSHOT_LIST_NEXT"},
  };
  static std::string subject(const Request& request) { return Listing::subject(request); }
  static void check(const Request& request, const Spots& spots) {
    Listing::check<Item>(request, spots);
  }
};
static_assert(well_declared<SnapshotList>());

}  // namespace zfsrest::api
