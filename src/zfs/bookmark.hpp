// Bookmarks: one function per thing the kernel does with them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "model/bookmark.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

struct BookmarkBrief {
  std::string name;  // full
  std::uint64_t createtxg;
};

// All bookmarks of a dataset, oldest first.
Result<std::vector<BookmarkBrief>> read_bookmarks(const Handle& handle, const std::string& dataset);

// Where the reading of a dataset's bookmarks stands: after the one of that age and short name. The
// place of a bookmark never changes, as both are its own for life.
struct BookmarkPosition {
  std::uint64_t createtxg = 0;
  std::string name;  // short; empty at the beginning
};

// At most `most` bookmarks of a dataset from `at` on, oldest first and those of one age by name;
// moves `at` behind them. Fewer than `most` are the last. The kernel tells of all of them in each
// call.
Result<std::vector<model::Bookmark>> read_bookmarks(const Handle& handle,
                                                    const std::string& dataset,
                                                    BookmarkPosition& at, std::size_t most,
                                                    model::Release release);

// Those of a dataset's bookmarks that have these short names, as far as they exist; in one call.
Result<std::vector<model::Bookmark>> read_bookmarks(const Handle& handle,
                                                    const std::string& dataset,
                                                    const std::set<std::string>& names,
                                                    model::Release release);

// Fails with ESRCH if the dataset has no such bookmark.
Result<model::Bookmark> read_bookmark(const Handle& handle, const model::BookmarkName& name,
                                      model::Release release);

struct NewBookmark {
  std::string name;
  std::string source;  // a snapshot or a bookmark
};
// Creates all or none. The names are of one pool and differ. The error's faults name the bookmarks
// that could not be made.
Result<Nothing> create_bookmarks(const Handle& handle, const std::vector<NewBookmark>& bookmarks);

// Destroys all or none; names that do not exist are passed over. The names are of one pool.
Result<Nothing> destroy_bookmarks(const Handle& handle, const std::vector<std::string>& names);

}  // namespace zfsrest::zfs
