#pragma once

#include "api/fields.hpp"
#include "model/bookmark.hpp"
#include "model/names.hpp"

namespace zfsrest::api {

struct SnapshotRedact {
  struct Request {
    model::SnapshotName snapshot;
    model::BookmarkName bookmark;
    std::vector<model::SnapshotName> redaction_snapshots;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshot", &Request::snapshot, "The snapshot that is to be sent redacted."),
          required("bookmark", &Request::bookmark,
                   "The full name of the redaction bookmark to make, of the same dataset."),
          required("redaction_snapshots", &Request::redaction_snapshots,
                   "Snapshots of clones of it, at least one: the blocks that these have not kept "
                   "are left out when it is sent."),
      };
    }
  };
  using Response = model::Bookmark;
  static constexpr Operation operation{
      .id = "snapshot.redact",
      .method = Method::post,
      .path = "/v1/snapshots/{snapshot}/redact",
      .role = Role::operate,
      .lane = Lane::job,
      .runs = Runs::as_job,
      .summary = "Make a redaction bookmark, which says what a redacted stream leaves out.",
      .description =
          "All of the snapshot is looked through, which can take long. If that is canceled or "
          "interrupted, the bookmark stays incomplete, and the same request goes on with it.",
      .errors = {{EALREADY, Code::wrong_state, "The snapshot was itself received redacted."},
                 {EEXIST, Code::exists, "The bookmark exists, and is complete."},
                 {ESRCH, Code::exists,
                  "A bookmark of this name exists that does not fit the request."},
                 {EINVAL, Code::bad_request,
                  "A redaction snapshot is not one of a clone of the snapshot."},
                 {ENOTSUP, Code::wrong_state,
                  "The pool's feature `redaction_bookmarks` is not enabled."},
                 read_only_pool},
      .functions = {"lzc_redact"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
  static void check(const Request& request, const Spots& spots) {
    if (request.bookmark.dataset() != request.snapshot.dataset())
      spots.body.key("bookmark").fault("the bookmark is to be one of the snapshot's dataset");
    if (request.redaction_snapshots.empty())
      spots.body.key("redaction_snapshots").fault("the list is empty");
  }
};
static_assert(well_declared<SnapshotRedact>());

}  // namespace zfsrest::api
