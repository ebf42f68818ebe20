#include "api/hold/batch.hpp"

#include <set>

namespace zfsrest::api {

void check_holds(const std::vector<model::SnapshotTag>& holds, const describe::Spot& spot) {
  if (holds.empty()) spot.fault("the batch is empty");
  std::set<model::SnapshotTag> seen;
  for (std::size_t i = 0; i < holds.size(); ++i) {
    const model::SnapshotName& snapshot = holds[i].snapshot;
    if (snapshot.pool() != holds.front().snapshot.pool())
      spot.index(i)
          .key("snapshot")
          .fault(snapshot.text() + " is in another pool than " + holds.front().snapshot.text() +
                 "; a batch is one pool's");
    if (!seen.insert(holds[i]).second) spot.index(i).fault("the hold stands twice in the batch");
  }
}

}  // namespace zfsrest::api
