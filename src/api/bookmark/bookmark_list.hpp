#pragma once

#include "api/dataset/listing.hpp"
#include "model/bookmark.hpp"

namespace zfsrest::api {

struct BookmarkList {
  using Request = Listing;
  using Item = model::Bookmark;
  using Response = model::Page<describe::Part<Item>>;
  static constexpr Operation operation{
      .id = "bookmark.list",
      .method = Method::get,
      .path = "/v1/bookmarks",
      .role = Role::read,
      .lane = Lane::list,
      .form = Form::rows,
      .summary = "List bookmarks with their properties.",
      .description =
          "They come dataset by dataset, those of each dataset by the age of what they mark. An "
          "object that is present and unchanged throughout appears exactly once.",
      .functions = {"ZFS_IOC_DATASET_LIST_NEXT", "lzc_get_bookmarks"},
  };
  static std::string subject(const Request& request) { return Listing::subject(request); }
  static void check(const Request& request, const Spots& spots) {
    Listing::check<Item>(request, spots);
  }
};
static_assert(well_declared<BookmarkList>());

}  // namespace zfsrest::api
