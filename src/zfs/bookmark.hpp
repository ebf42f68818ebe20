// Bookmarks: one function per thing the kernel does with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zfs/device.hpp"

namespace zfsrest::zfs {

struct BookmarkBrief {
  std::string name;  // full
  std::uint64_t createtxg;
};

// All bookmarks of a dataset, oldest first.
Result<std::vector<BookmarkBrief>> read_bookmarks(const Handle& handle, const std::string& dataset);

// Destroys all or none; names that do not exist are passed over. The names are of one pool.
Result<Nothing> destroy_bookmarks(const Handle& handle, const std::vector<std::string>& names);

}  // namespace zfsrest::zfs
