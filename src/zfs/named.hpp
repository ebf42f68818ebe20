// Several objects that are known by name, for lists whose order is not that of a walk.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/bookmark.hpp"
#include "model/dataset.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// Those that are there; who is gone is left out.
Result<std::vector<model::Dataset>> read_named_datasets(const Handle& handle,
                                                        std::span<const std::string> names,
                                                        model::Release release);
Result<std::vector<model::Snapshot>> read_named_snapshots(const Handle& handle,
                                                          std::span<const std::string> names,
                                                          model::Release release);
Result<std::vector<model::Bookmark>> read_named_bookmarks(const Handle& handle,
                                                          std::span<const std::string> names,
                                                          model::Release release);

}  // namespace zfsrest::zfs
