#pragma once

#include "api/fields.hpp"
#include "model/bookmark.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct BookmarkCreate {
  struct NewBookmark {
    static constexpr std::string_view schema_name = "NewBookmark";
    model::BookmarkName name;
    model::BookmarkSource source;
    static constexpr auto fields() {
      return std::tuple{
          required("name", &NewBookmark::name, "The full name of the new bookmark."),
          required(
              "source", &NewBookmark::source,
              "What it marks: a snapshot, or a bookmark to copy, of the same dataset or of one "
              "that it descends from."),
      };
    }
  };
  struct Request {
    std::vector<NewBookmark> bookmarks;
    static constexpr auto fields() {
      return std::tuple{required("bookmarks", &Request::bookmarks,
                                 "The bookmarks to create, at most 1000 and all in one pool.")};
    }
  };
  using Response = model::Items<model::Bookmark>;
  static constexpr Operation operation{
      .id = "bookmark.create",
      .method = Method::post,
      .path = "/v1/bookmarks",
      .role = Role::snapshot,
      .lane = Lane::write,
      .success = Success::created,
      .summary = "Create bookmarks, all of them or none.",
      .description =
          "When one bookmark cannot be created, none is, and `errors` says which. A bookmark marks "
          "the moment of a snapshot for incremental streams and outlives the snapshot.",
      .errors = {{ENOENT, Code::not_found, "The dataset or the snapshot does not exist."},
                 {ESRCH, Code::not_found, "The bookmark to copy does not exist."},
                 {EEXIST, Code::exists, "A bookmark of this name exists."},
                 {ENOTSUP, Code::wrong_state,
                  "The pool's feature `bookmarks` is not enabled; enable it first."},
                 {1039, Code::bad_request,
                  "The source is neither the dataset's own nor of one that it descends from."},
                 read_only_pool},
      .functions = {"lzc_bookmark"},
  };
  static std::string subject(const Request& request) {
    return request.bookmarks.empty() ? std::string() : request.bookmarks.front().name.text();
  }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<BookmarkCreate>());

}  // namespace zfsrest::api
