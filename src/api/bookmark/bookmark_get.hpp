#pragma once

#include "api/fields.hpp"
#include "model/bookmark.hpp"

namespace zfsrest::api {

struct BookmarkGet {
  struct Request {
    model::BookmarkName bookmark;
    static constexpr auto fields() {
      return std::tuple{required("bookmark", &Request::bookmark, "The bookmark.")};
    }
  };
  using Response = model::Bookmark;
  static constexpr Operation operation{
      .id = "bookmark.get",
      .method = Method::get,
      .path = "/v1/bookmarks/{bookmark}",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show a bookmark with its properties.",
      .description = "With HEAD it says only whether the bookmark exists.",
      .functions = {"lzc_get_bookmark_props", "lzc_get_bookmarks"},
  };
  static std::string subject(const Request& request) { return request.bookmark.text(); }
};
static_assert(well_declared<BookmarkGet>());

}  // namespace zfsrest::api
