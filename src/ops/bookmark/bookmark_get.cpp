#include "api/bookmark/bookmark_get.hpp"

#include "ops/run.hpp"
#include "zfs/bookmark.hpp"

namespace zfsrest::ops {

template <>
Result<model::Bookmark> run<api::BookmarkGet>(Context& context,
                                              const api::BookmarkGet::Request& request) {
  return zfs::read_bookmark(TRY(context.device.open()), request.bookmark, context.release);
}

}  // namespace zfsrest::ops
