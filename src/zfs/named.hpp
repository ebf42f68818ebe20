// Several objects that are known by name, for lists whose order is not that of a walk.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "model/bookmark.hpp"
#include "model/dataset.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// Several objects of one pool, some of them at a time.
template <class Object>
struct NamedObjects {
  std::vector<std::string> names;  // sorted; what has been read is taken off from the end
  std::vector<Object> found{};     // who is gone is left out
};

// Each reads until all are read or the time is up, but always something.
Result<Nothing> read_named_datasets(const Handle& handle, NamedObjects<model::Dataset>& objects,
                                    std::chrono::steady_clock::time_point until,
                                    model::Release release);
Result<Nothing> read_named_snapshots(const Handle& handle, NamedObjects<model::Snapshot>& objects,
                                     std::chrono::steady_clock::time_point until,
                                     model::Release release);
Result<Nothing> read_named_bookmarks(const Handle& handle, NamedObjects<model::Bookmark>& objects,
                                     std::chrono::steady_clock::time_point until,
                                     model::Release release);

}  // namespace zfsrest::zfs
