#include "api/bookmark/bookmark_destroy_many.hpp"

#include <cerrno>
#include <map>
#include <set>

#include "ops/run.hpp"
#include "zfs/bookmark.hpp"

namespace zfsrest::ops {
namespace {

// The named bookmarks that exist now and those that do not, each once.
Result<api::BookmarkDestroyMany::Response> read_names(
    const zfs::Handle& handle, const api::BookmarkDestroyMany::Request& request) {
  std::map<std::string, std::set<std::string>> by_dataset;
  std::set<std::string> seen;
  api::BookmarkDestroyMany::Response names;
  for (const model::BookmarkName& bookmark : request.bookmarks) {
    const auto [there, is_new] = by_dataset.try_emplace(bookmark.dataset());
    if (is_new) {
      auto bookmarks = zfs::read_bookmarks(handle, bookmark.dataset());
      if (!bookmarks.ok() && bookmarks.error().os_errno != ENOENT)
        return std::move(bookmarks).error();
      if (bookmarks.ok())
        for (zfs::BookmarkBrief& brief : bookmarks.value())
          there->second.insert(std::move(brief.name));
    }
    if (!seen.insert(bookmark.text()).second) continue;
    (there->second.contains(bookmark.text()) ? names.destroyed : names.absent)
        .push_back(bookmark.text());
  }
  return names;
}

}  // namespace

template <>
Result<api::BookmarkDestroyMany::Response> run<api::BookmarkDestroyMany>(
    Context& context, const api::BookmarkDestroyMany::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<Tree> trees;
  trees.reserve(request.bookmarks.size());
  for (const model::BookmarkName& bookmark : request.bookmarks)
    trees.push_back({bookmark.dataset(), Touch::step});
  const auto hold = TRY(context.trees.hold(std::move(trees)));
  api::BookmarkDestroyMany::Response names = TRY(read_names(handle, request));
  if (!names.destroyed.empty()) TRY(zfs::destroy_bookmarks(handle, names.destroyed));
  return names;
}

template <>
Result<model::Plan> plan<api::BookmarkDestroyMany>(
    Context& context, const api::BookmarkDestroyMany::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  model::Plan plan;
  plan.would_destroy = TRY(read_names(handle, request)).destroyed;
  plan.unchecked = {"Whether one is a redaction bookmark in use."};
  return plan;
}

}  // namespace zfsrest::ops
