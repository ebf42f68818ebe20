// A walk through datasets, snapshots or bookmarks that can stop anywhere and go on later from a
// small state.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "model/bookmark.hpp"
#include "model/dataset.hpp"
#include "zfs/iterate.hpp"

namespace zfsrest::zfs {

// One dataset on the way from where the walk began to where it stands.
struct WalkFrame {
  // `own` are its snapshots or bookmarks.
  enum class Stage : std::uint8_t { itself, own, children };

  std::string dataset;
  Stage stage = Stage::itself;
  Position at = 0;                 // in what is its own, or in the children, as the stage says
  std::string name{};              // of the last of its bookmarks, which `at` alone does not tell
  Position until = end_of_hashes;  // the hash at which the part of its snapshots ends
};

// The walk's state; it is over when there is no frame left.
using Walk = std::vector<WalkFrame>;

inline Walk walk_from(std::string dataset) {
  return {{.dataset = std::move(dataset)}};
}

// What a walk has found: the objects that are kept.
template <class Object>
struct Harvest {
  model::Selection selection{};                  // what is read of each
  std::function<bool(const Object&)> is_kept{};  // all are if it is empty
  std::vector<Object> objects{};
  std::size_t seen = 0;  // kept or not

  void add(Object object) {
    ++seen;
    if (!is_kept || is_kept(object)) objects.push_back(std::move(object));
  }
};

struct WalkFilter {
  std::vector<model::DatasetType> types;  // empty for all
  std::optional<std::uint32_t> depth;     // below the first frame
  std::size_t base = 0;                   // how many `/` the dataset has where the walk began
};

struct WalkBudget {
  std::size_t objects;
  std::chrono::steady_clock::time_point until;
};

// Goes on with the walk until the budget is spent or the walk is over, and hands each object to
// the harvest. A dataset that vanished on the way is passed over, unless it is where the walk
// begins: then the walk fails with ENOENT.
Result<Nothing> walk_datasets(const Handle& handle, Walk& walk, const WalkFilter& filter,
                              const WalkBudget& budget, model::Release release,
                              Harvest<model::Dataset>& harvest);
Result<Nothing> walk_snapshots(const Handle& handle, Walk& walk, const WalkFilter& filter,
                               const WalkBudget& budget, model::Release release,
                               Harvest<model::Snapshot>& harvest);
Result<Nothing> walk_bookmarks(const Handle& handle, Walk& walk, const WalkFilter& filter,
                               const WalkBudget& budget, model::Release release,
                               Harvest<model::Bookmark>& harvest);

}  // namespace zfsrest::zfs
