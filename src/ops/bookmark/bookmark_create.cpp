#include "api/bookmark/bookmark_create.hpp"

#include <map>
#include <set>

#include "ops/run.hpp"
#include "zfs/bookmark.hpp"

namespace zfsrest::ops {

template <>
Result<api::BookmarkCreate::Response> run<api::BookmarkCreate>(
    Context& context, const api::BookmarkCreate::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<Tree> trees;
  std::vector<zfs::NewBookmark> bookmarks;
  for (const auto& [name, source] : request.bookmarks) {
    trees.push_back({name.dataset(), Touch::step});
    bookmarks.push_back({.name = name.text(), .source = source.text()});
  }
  const auto hold = TRY(context.trees.hold(std::move(trees)));
  TRY(zfs::create_bookmarks(handle, bookmarks));
  std::map<std::string, std::set<std::string>> by_dataset;
  for (const auto& bookmark : request.bookmarks)
    by_dataset[bookmark.name.dataset()].insert(bookmark.name.short_name());
  std::map<std::string, model::Bookmark> made;
  for (const auto& [dataset, names] : by_dataset) {
    auto found = zfs::read_bookmarks(handle, dataset, names, context.release);
    if (!found.ok()) continue;
    for (model::Bookmark& bookmark : found.value())
      made.emplace(bookmark.name.text(), std::move(bookmark));
  }
  api::BookmarkCreate::Response created;
  for (const auto& bookmark : request.bookmarks)
    // Someone else may have destroyed one already; that it was created is true all the same.
    if (auto one = made.extract(bookmark.name.text()))
      created.items.push_back(std::move(one.mapped()));
  return created;
}

}  // namespace zfsrest::ops
