#include "zfs/bookmark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "zfs/errors.hpp"
#include "zfs/library.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::zfs {
namespace {

constexpr const char* redact_snaps = "redact_snaps";
constexpr const char* redact_complete = "redact_complete";

// The kernel adds these only where it was asked for them by name and the bookmark has them.
void add_redaction(NvView properties, model::Bookmark& bookmark) {
  if (const auto snaps = properties.list(redact_snaps)) {
    bookmark.redact_snaps.emplace();
    for (const std::uint64_t guid : snaps->u64s("value"))
      bookmark.redact_snaps->push_back(model::Guid{guid});
  }
  if (const auto complete = properties.list(redact_complete))
    bookmark.redact_complete = complete->flag("value");
}

model::Bookmark bookmark_of(const model::BookmarkName& name, NvView properties,
                            model::Release release) {
  model::Bookmark bookmark;
  bookmark.name = name;
  bookmark.dataset = model::DatasetName::parse(name.dataset()).value();
  bookmark.bookmark = name.short_name();
  bookmark.guid.value = number_of(properties, "guid");
  bookmark.createtxg = number_of(properties, "createtxg");
  bookmark.created.seconds = number_of(properties, "creation");
  const NvList none;
  bookmark.properties = dataset_properties({.name = name.text(),
                                            .target = model::Target::bookmark,
                                            .head = model::Target::filesystem,
                                            .properties = properties,
                                            .format = none.view()},
                                           release);
  return bookmark;
}

// All that the kernel tells of all bookmarks of a dataset, by short name.
Result<NvList> fetch(const std::string& dataset) {
  NvList wanted;
  for (const char* name : {"guid", "createtxg", "creation", "ivsetguid", "referenced",
                           "logicalreferenced", "refcompressratio", redact_snaps, redact_complete})
    wanted.add_flag(name);
  NvList found = NvList::slot();
  if (const int rc = library::get_bookmarks(dataset, wanted.raw(), found.out()); rc != 0)
    return failure(rc, dataset);
  return found;
}

model::Bookmark listed_bookmark(const std::string& dataset, const std::string& name,
                                NvView properties, model::Release release) {
  model::Bookmark bookmark = bookmark_of(
      model::BookmarkName::parse(fmt::format("{}#{}", dataset, name)).value(), properties, release);
  add_redaction(properties, bookmark);
  return bookmark;
}

}  // namespace

Result<std::vector<BookmarkBrief>> read_bookmarks(const Handle&, const std::string& dataset) {
  NvList wanted;
  wanted.add_flag("createtxg");
  NvList found = NvList::slot();
  if (const int rc = library::get_bookmarks(dataset, wanted.raw(), found.out()); rc != 0)
    return failure(rc, dataset);
  std::vector<BookmarkBrief> bookmarks;
  found.view().each([&](const NvPair& pair) {
    const auto properties = pair.list();
    bookmarks.push_back({.name = dataset + "#" + std::string(pair.name()),
                         .createtxg = properties ? number_of(*properties, "createtxg") : 0});
  });
  std::ranges::sort(bookmarks, {}, &BookmarkBrief::createtxg);
  return bookmarks;
}

Result<std::vector<model::Bookmark>> read_bookmarks(const Handle&, const std::string& dataset,
                                                    const std::set<std::string>& names,
                                                    model::Release release) {
  const NvList found = TRY(fetch(dataset));
  std::vector<model::Bookmark> bookmarks;
  for (const std::string& name : names)
    if (const auto properties = found.view().list(name.c_str()))
      bookmarks.push_back(listed_bookmark(dataset, name, *properties, release));
  return bookmarks;
}

Result<std::vector<model::Bookmark>> read_bookmarks(const Handle&, const std::string& dataset,
                                                    BookmarkPosition& at, std::size_t most,
                                                    model::Release release) {
  const NvList found = TRY(fetch(dataset));
  using Key = std::tuple<std::uint64_t, std::string_view>;
  struct Entry {
    Key key;
    NvView properties;
  };
  std::vector<Entry> entries;
  found.view().each([&](const NvPair& pair) {
    const auto properties = pair.list();
    if (!properties) return;
    const Key key{number_of(*properties, "createtxg"), pair.name()};
    if (key > Key{at.createtxg, at.name}) entries.push_back({key, *properties});
  });
  const std::size_t count = std::min(most, entries.size());
  std::ranges::partial_sort(entries, entries.begin() + static_cast<std::ptrdiff_t>(count), {},
                            &Entry::key);
  entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(count), entries.end());
  std::vector<model::Bookmark> bookmarks;
  for (const auto& [key, properties] : entries) {
    const std::string name(std::get<1>(key));
    bookmarks.push_back(listed_bookmark(dataset, name, properties, release));
    at = {.createtxg = std::get<0>(key), .name = name};
  }
  return bookmarks;
}

Result<model::Bookmark> read_bookmark(const Handle&, const model::BookmarkName& name,
                                      model::Release release) {
  NvList properties = NvList::slot();
  if (const int rc = library::get_bookmark_props(name.text(), properties.out()); rc != 0)
    return failure(rc, name.text());
  model::Bookmark bookmark = bookmark_of(name, properties.view(), release);
  // What a bookmark redacts the kernel tells only with all of the dataset's.
  NvList wanted;
  wanted.add_flag(redact_snaps);
  wanted.add_flag(redact_complete);
  NvList found = NvList::slot();
  if (const int rc = library::get_bookmarks(name.dataset(), wanted.raw(), found.out()); rc != 0)
    return failure(rc, name.dataset());
  if (const auto redaction = found.view().list(name.short_name().c_str()))
    add_redaction(*redaction, bookmark);
  return bookmark;
}

Result<Nothing> create_bookmarks(const Handle&, const std::vector<NewBookmark>& bookmarks) {
  NvList list;
  std::vector<std::string> names;
  for (const NewBookmark& bookmark : bookmarks) {
    list.add_text(bookmark.name, bookmark.source);
    names.push_back(bookmark.name);
  }
  NvList errors = NvList::slot();
  if (const int rc = library::bookmark(list.raw(), errors.out()); rc != 0)
    return batch_failure(rc, names, errors.view());
  return Nothing{};
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
