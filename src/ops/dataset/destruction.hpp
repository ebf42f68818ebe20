// A tree of datasets that is to be destroyed: what it holds, what is in the way, and in which order
// it goes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "ops/context.hpp"
#include "zfs/iterate.hpp"

namespace zfsrest::ops {

// One dataset, and the snapshots of it that go just before it.
struct Doomed {
  std::string dataset;
  std::vector<std::string> snapshots;
};

struct Destruction {
  std::vector<Doomed> order;                // clones before their origins, children before parents
  std::vector<model::Obstacle> blocked_by;  // holds, and clones outside the tree
  std::optional<std::uint64_t> bytes_freed;
};

// Looks at a dataset and all below it.
Result<Destruction> read_destruction(Context& context, const zfs::Handle& handle,
                                     const model::DatasetName& root);

}  // namespace zfsrest::ops
