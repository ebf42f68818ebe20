#include "zfs/bookmark.hpp"

#include <algorithm>

#include "zfs/errors.hpp"
#include "zfs/library.hpp"

namespace zfsrest::zfs {

Result<std::vector<BookmarkBrief>> read_bookmarks(const Handle&, const std::string& dataset) {
  NvList wanted;
  wanted.add_flag("createtxg");
  NvList found = NvList::slot();
  if (const int rc = library::get_bookmarks(dataset, wanted.raw(), found.out()); rc != 0)
    return failure(rc, dataset);
  std::vector<BookmarkBrief> bookmarks;
  found.view().each([&](const NvPair& pair) {
    const auto properties = pair.list();
    const auto createtxg = properties ? properties->list("createtxg") : std::nullopt;
    bookmarks.push_back({.name = dataset + "#" + std::string(pair.name()),
                         .createtxg = createtxg ? createtxg->u64("value").value_or(0) : 0});
  });
  std::ranges::sort(bookmarks, {}, &BookmarkBrief::createtxg);
  return bookmarks;
}

Result<Nothing> destroy_bookmarks(const Handle&, const std::vector<std::string>& names) {
  NvList list;
  for (const std::string& name : names) list.add_flag(name);
  NvList errors = NvList::slot();
  if (const int rc = library::destroy_bookmarks(list.raw(), errors.out()); rc != 0)
    return batch_failure(rc, names, errors.view());
  return Nothing{};
}

}  // namespace zfsrest::zfs
