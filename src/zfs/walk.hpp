// A walk through datasets or snapshots that can stop anywhere and go on later from a small state.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "model/dataset.hpp"
#include "zfs/iterate.hpp"

namespace zfsrest::zfs {

// One dataset on the way from where the walk began to where it stands.
struct WalkFrame {
  enum class Stage : std::uint8_t { itself, snapshots, children };

  std::string dataset;
  Stage stage = Stage::itself;
  Position at = 0;  // in the snapshots or the children, as the stage says
};

// The walk's state; it is over when there is no frame left.
using Walk = std::vector<WalkFrame>;

inline Walk walk_from(std::string dataset) {
  return {{.dataset = std::move(dataset)}};
}

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
// `objects`. A dataset that vanished on the way is passed over, unless it is where the walk begins:
// then the walk fails with ENOENT.
Result<Nothing> walk_datasets(const Handle& handle, Walk& walk, const WalkFilter& filter,
                              const WalkBudget& budget, model::Release release,
                              std::vector<model::Dataset>& objects);
Result<Nothing> walk_snapshots(const Handle& handle, Walk& walk, const WalkFilter& filter,
                               const WalkBudget& budget, model::Release release,
                               std::vector<model::Snapshot>& objects);

}  // namespace zfsrest::zfs
