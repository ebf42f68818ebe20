// The kernel's iterators: the children of a dataset, and its snapshots, one call each.
#pragma once

#include <optional>
#include <string>

#include "model/dataset.hpp"
#include "model/selection.hpp"
#include "zfs/device.hpp"
#include "zfs/position.hpp"

namespace zfsrest::zfs {

template <class Object>
struct Step {
  Object object;
  Position next;  // where to go on
};

// The next child of `parent`, with what is wanted of it, or nothing at the end. Fails with ENOENT
// if the parent is gone.
Result<std::optional<Step<model::Dataset>>> next_child(const Handle& handle,
                                                       const std::string& parent, Position at,
                                                       model::Release release,
                                                       const model::Selection& selection = {});

// The next snapshot of `dataset`, or nothing at the end.
Result<std::optional<Step<model::Snapshot>>> next_snapshot(const Handle& handle,
                                                           const std::string& dataset, Position at,
                                                           model::Release release,
                                                           const model::Selection& selection = {});

// The full name of the snapshot of `dataset` that has the guid; nothing if there is none.
Result<std::optional<std::string>> find_by_guid(const Handle& handle, const std::string& dataset,
                                                model::Guid guid, model::Release release);

// The short names of all snapshots of a dataset with their transaction groups, oldest first.
struct SnapshotBrief {
  std::string name;  // full
  std::uint64_t createtxg;
};
Result<std::vector<SnapshotBrief>> read_snapshots(const Handle& handle, const std::string& dataset);

// The names of a dataset and of all below it, parents first.
Result<std::vector<std::string>> read_tree(const Handle& handle, const std::string& dataset);

}  // namespace zfsrest::zfs
