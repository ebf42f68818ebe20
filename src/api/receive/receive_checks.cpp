#include "api/receive/receive_checks.hpp"

namespace zfsrest::api {

void check_receive(const model::ReceiveOptions& options, const describe::Spot& spot) {
  if (options.naming != model::Naming::target && options.target.is_snapshot())
    spot.key("naming").fault("the target has a snapshot's name, so that nothing is below it");
  if (options.origin && options.origin->pool() != options.target.pool())
    spot.key("origin").fault("it is of another pool");
  if (options.heal && options.force) spot.key("force").fault("nothing is rolled back to be healed");
  if (options.heal && options.resumable)
    spot.key("resumable").fault("a stream that heals cannot be resumed");
  check_rate(options.bytes_per_second, spot);
}

}  // namespace zfsrest::api
