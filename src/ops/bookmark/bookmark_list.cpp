#include "api/bookmark/bookmark_list.hpp"

#include "ops/list_objects.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::PageEnd> list<api::BookmarkList>(Context& context,
                                               const api::BookmarkList::Request& request,
                                               Rows& rows) {
  return list_objects<api::BookmarkList>(context, request, rows, zfs::walk_bookmarks,
                                         zfs::read_named_bookmarks);
}

}  // namespace zfsrest::ops
