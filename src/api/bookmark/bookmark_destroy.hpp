#pragma once

#include "api/fields.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct BookmarkDestroy {
  struct Request {
    model::BookmarkName bookmark;
    static constexpr auto fields() {
      return std::tuple{required("bookmark", &Request::bookmark, "The bookmark to destroy.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "bookmark.destroy",
      .method = Method::del,
      .path = "/v1/bookmarks/{bookmark}",
      .role = Role::operate,
      .lane = Lane::write,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "Destroy a bookmark.",
      .errors = {{EBUSY, Code::busy, "It is a redaction bookmark in use."}, read_only_pool},
      .functions = {"lzc_destroy_bookmarks"},
  };
  static std::string subject(const Request& request) { return request.bookmark.text(); }
};
static_assert(well_declared<BookmarkDestroy>());

}  // namespace zfsrest::api
