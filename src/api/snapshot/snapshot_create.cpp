#include "api/snapshot/snapshot_create.hpp"

#include <set>

#include "api/snapshot/batch.hpp"

namespace zfsrest::api {

void SnapshotCreate::check(const Request& request, const Spots& spots) {
  const describe::Spot names = spots.body.key("snapshots");
  check_one_pool(request.snapshots, names);
  std::set<std::string> datasets;
  for (std::size_t i = 0; i < request.snapshots.size(); ++i)
    if (!datasets.insert(request.snapshots[i].dataset()).second)
      names.index(i).fault("a batch may hold one snapshot of each dataset; " +
                           request.snapshots[i].dataset() + " stands twice");
  model::check_user_properties(request.properties, spots.body.key("properties"));
}

}  // namespace zfsrest::api
