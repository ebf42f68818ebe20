#include "api/bookmark/bookmark_destroy.hpp"

#include "ops/run.hpp"
#include "zfs/bookmark.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::BookmarkDestroy>(Context& context,
                                          const api::BookmarkDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.bookmark.dataset(), Touch::step}}));
  // The kernel passes over a bookmark that does not exist, but the caller named just this one.
  TRY(zfs::read_bookmark(handle, request.bookmark, context.release));
  return zfs::destroy_bookmarks(handle, {request.bookmark.text()});
}

template <>
Result<model::Plan> plan<api::BookmarkDestroy>(Context& context,
                                               const api::BookmarkDestroy::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(zfs::read_bookmark(handle, request.bookmark, context.release));
  model::Plan plan;
  plan.would_destroy = {request.bookmark.text()};
  plan.unchecked = {"Whether it is a redaction bookmark in use."};
  return plan;
}

}  // namespace zfsrest::ops
