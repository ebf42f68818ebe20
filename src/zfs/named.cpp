#include "zfs/named.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <map>
#include <set>

#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/mount.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::zfs {
namespace {

template <class Object, class Read>
Result<std::vector<Object>> read_each(std::span<const std::string> names, const Read& read) {
  std::vector<Object> objects;
  objects.reserve(names.size());
  for (const std::string& name : names) {
    auto object = read(name);
    if (object.ok())
      objects.push_back(std::move(object).value());
    else if (object.error().os_errno != ENOENT)
      return std::move(object).error();
  }
  return objects;
}

}  // namespace

Result<std::vector<model::Dataset>> read_named_datasets(const Handle& handle,
                                                        std::span<const std::string> names,
                                                        model::Release release) {
  MountView mounts(handle);
  return read_each<model::Dataset>(
      names, [&](const std::string& name) { return read_dataset(handle, name, release, mounts); });
}

Result<std::vector<model::Snapshot>> read_named_snapshots(const Handle& handle,
                                                          std::span<const std::string> names,
                                                          model::Release release) {
  return read_each<model::Snapshot>(
      names, [&](const std::string& name) { return read_snapshot(handle, name, release); });
}

// The kernel tells of all bookmarks of a dataset at once.
Result<std::vector<model::Bookmark>> read_named_bookmarks(const Handle& handle,
                                                          std::span<const std::string> names,
                                                          model::Release release) {
  std::map<std::string, std::set<std::string>> wanted;
  for (const std::string& name : names) {
    const std::size_t mark = name.find('#');
    wanted[name.substr(0, mark)].insert(name.substr(mark + 1));
  }
  std::vector<model::Bookmark> bookmarks;
  bookmarks.reserve(names.size());
  for (const auto& [dataset, own] : wanted) {
    auto found = read_bookmarks(handle, dataset, own, release);
    if (found.ok())
      std::ranges::move(found.value(), std::back_inserter(bookmarks));
    else if (found.error().os_errno != ENOENT)
      return std::move(found).error();
  }
  return bookmarks;
}

}  // namespace zfsrest::zfs
