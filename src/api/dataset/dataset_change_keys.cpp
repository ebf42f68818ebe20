#include "api/dataset/dataset_change_keys.hpp"

#include <fmt/format.h>

#include <set>

namespace zfsrest::api {

void DatasetChangeKeys::check(const Request& request, const Spots& spots) {
  const describe::Spot changes = spots.body.key("changes");
  if (request.changes.empty()) changes.fault("the batch is empty");
  std::set<model::DatasetName> seen;
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    const KeyChange& change = request.changes[i];
    const describe::Spot spot = changes.index(i);
    if (change.dataset.pool() != request.pool.text())
      spot.key("dataset").fault(
          fmt::format("{} is not in the pool {}", change.dataset.text(), request.pool.text()));
    if (!seen.insert(change.dataset).second)
      spot.key("dataset").fault(fmt::format("{} stands twice", change.dataset.text()));
    check_key_change(change, spot);
  }
}

}  // namespace zfsrest::api
