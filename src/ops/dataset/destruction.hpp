// A tree of datasets that is to be destroyed: what it holds, what is in the way, and in which order
// it goes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/text.hpp"
#include "ops/context.hpp"
#include "zfs/iterate.hpp"

namespace zfsrest::ops {

// Something that is to be destroyed, and what tells it from another that has its name later.
struct Victim {
  std::string name;
  model::Guid guid;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &Victim::name, "The name."),
        required("guid", &Victim::guid, "The identity."),
    };
  }
};

// One dataset, and the snapshots of it that go just before it.
struct Doomed {
  Victim dataset;
  std::vector<Victim> snapshots;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("dataset", &Doomed::dataset, "The dataset."),
        required("snapshots", &Doomed::snapshots, "Its snapshots."),
    };
  }
};

struct Destruction {
  std::vector<Doomed> order;                // clones before their origins, children before parents
  std::vector<model::Obstacle> blocked_by;  // holds, and clones outside the tree
  // Snapshots of other datasets that go with the last of their clones, by that clone.
  std::map<std::string, std::string> gone_along;
  std::optional<std::uint64_t> bytes_freed;
};

// Looks at a dataset and all below it.
Result<Destruction> read_destruction(Context& context, const zfs::Handle& handle,
                                     const model::DatasetName& root);

// What a dataset takes along besides its snapshots: its bookmarks, and what an interrupted receive
// has left below it; nothing if it is gone.
Result<std::vector<std::string>> read_belongings(const zfs::Handle& handle,
                                                 const std::string& dataset);

// The names of a dataset's snapshots.
std::vector<std::string> names_of(const std::vector<Victim>& snapshots);

}  // namespace zfsrest::ops
