#pragma once

#include "api/dataset/listing.hpp"

namespace zfsrest::api {

struct DatasetList {
  using Request = Listing;
  using Item = model::Dataset;
  using Response = model::Page<describe::Part<Item>>;
  static constexpr Operation operation{
      .id = "dataset.list",
      .method = Method::get,
      .path = "/v1/datasets",
      .role = Role::read,
      .lane = Lane::list,
      .form = Form::rows,
      .summary = "List file systems and volumes with their properties.",
      .description =
          "Without `sort` parents come before children; otherwise the order is the kernel's. An "
          "object that is present and unchanged throughout appears exactly once.",
      .functions = {"ZFS_IOC_DATASET_LIST_NEXT", "ZFS_IOC_OBJSET_STATS"},
  };
  static std::string subject(const Request& request) { return Listing::subject(request); }
  static void check(const Request& request, const Spots& spots) {
    Listing::check<Item>(request, spots);
  }
};
static_assert(well_declared<DatasetList>());

}  // namespace zfsrest::api
