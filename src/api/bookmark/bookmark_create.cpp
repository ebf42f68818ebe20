#include "api/bookmark/bookmark_create.hpp"

#include <set>

namespace zfsrest::api {
namespace {

// The kernel compares each name of a batch with all others while the pool's writes wait, so that
// the time grows with the square of their number.
constexpr std::size_t most_bookmarks = 1'000;

}  // namespace

void BookmarkCreate::check(const Request& request, const Spots& spots) {
  const describe::Spot bookmarks = spots.body.key("bookmarks");
  if (request.bookmarks.empty()) bookmarks.fault("the batch is empty");
  if (request.bookmarks.size() > most_bookmarks)
    bookmarks.fault("a batch may hold 1000 bookmarks at most");
  std::set<std::string> names;
  for (std::size_t i = 0; i < request.bookmarks.size(); ++i) {
    const NewBookmark& bookmark = request.bookmarks[i];
    const describe::Spot name = bookmarks.index(i).key("name");
    if (bookmark.name.pool() != request.bookmarks.front().name.pool())
      name.fault(bookmark.name.text() + " is in another pool than " +
                 request.bookmarks.front().name.text() + "; a batch is one pool's");
    if (!names.insert(bookmark.name.text()).second)
      name.fault(bookmark.name.text() + " stands twice in the batch");
    if (bookmark.source.pool() != bookmark.name.pool())
      bookmarks.index(i).key("source").fault("a bookmark is made in the pool of what it marks");
  }
}

}  // namespace zfsrest::api
