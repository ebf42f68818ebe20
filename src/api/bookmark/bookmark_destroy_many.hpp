#pragma once

#include "api/fields.hpp"
#include "api/snapshot/batch.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace zfsrest::api {

struct BookmarkDestroyMany {
  struct Request {
    std::vector<model::BookmarkName> bookmarks;
    static constexpr auto fields() {
      return std::tuple{
          required("bookmarks", &Request::bookmarks, "The bookmarks to destroy, all in one pool.")};
    }
  };
  struct Response {
    static constexpr std::string_view schema_name = "DestroyedBookmarks";
    std::vector<std::string> destroyed;
    std::vector<std::string> absent;
    static constexpr auto fields() {
      return std::tuple{
          required("destroyed", &Response::destroyed, "The bookmarks that are gone."),
          required("absent", &Response::absent, "Named bookmarks that did not exist."),
      };
    }
  };
  static constexpr Operation operation{
      .id = "bookmark.destroy_many",
      .method = Method::post,
      .path = "/v1/bookmarks/destroy",
      .role = Role::operate,
      .lane = Lane::write,
      .plans = Plans::yes,
      .summary = "Destroy bookmarks of one pool, all of them or none.",
      .description =
          "Names that do not exist are reported, not refused, so that a repetition succeeds.",
      .errors = {{EBUSY, Code::busy, "A redaction bookmark is in use."}, read_only_pool},
      .functions = {"lzc_destroy_bookmarks", "lzc_get_bookmarks"},
  };
  static std::string subject(const Request& request) {
    return request.bookmarks.empty() ? std::string() : request.bookmarks.front().text();
  }
  static void check(const Request& request, const Spots& spots) {
    check_one_pool(request.bookmarks, spots.body.key("bookmarks"));
  }
};
static_assert(well_declared<BookmarkDestroyMany>());

}  // namespace zfsrest::api
