#include "zfs/named.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>

#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/mount.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::zfs {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

// `read` takes at least one name off and says what is there of them.
template <class Object, class Read>
Result<Nothing> read_some(NamedObjects<Object>& objects, TimePoint until, const Read& read) {
  while (!objects.names.empty()) {
    auto found = read(objects.names);
    if (found.ok())
      std::ranges::move(found.value(), std::back_inserter(objects.found));
    else if (found.error().os_errno != ENOENT)
      return std::move(found).error();
    if (std::chrono::steady_clock::now() >= until) break;
  }
  return Nothing{};
}

template <class Object, class Read>
Result<Nothing> read_one_by_one(NamedObjects<Object>& objects, TimePoint until, const Read& read) {
  return read_some(objects, until,
                   [&](std::vector<std::string>& names) -> Result<std::vector<Object>> {
                     const std::string name = std::move(names.back());
                     names.pop_back();
                     std::vector<Object> one;
                     one.push_back(TRY(read(name)));
                     return one;
                   });
}

}  // namespace

Result<Nothing> read_named_datasets(const Handle& handle, NamedObjects<model::Dataset>& objects,
                                    TimePoint until, model::Release release) {
  MountView mounts(handle);
  return read_one_by_one(objects, until, [&](const std::string& name) {
    return read_dataset(handle, name, release, mounts);
  });
}

Result<Nothing> read_named_snapshots(const Handle& handle, NamedObjects<model::Snapshot>& objects,
                                     TimePoint until, model::Release release) {
  return read_one_by_one(objects, until, [&](const std::string& name) {
    return read_snapshot(handle, name, release);
  });
}

// The kernel tells of all bookmarks of a dataset at once.
Result<Nothing> read_named_bookmarks(const Handle& handle, NamedObjects<model::Bookmark>& objects,
                                     TimePoint until, model::Release release) {
  return read_some(objects, until, [&](std::vector<std::string>& names) {
    const std::string dataset = names.back().substr(0, names.back().find('#'));
    std::set<std::string> own;
    while (!names.empty() && names.back().starts_with(dataset + '#')) {
      own.insert(names.back().substr(dataset.size() + 1));
      names.pop_back();
    }
    return read_bookmarks(handle, dataset, own, release);
  });
}

}  // namespace zfsrest::zfs
