#include "api/snapshot/snapshot_receive.hpp"

namespace zfsrest::api {

model::ReceiveOptions SnapshotReceive::options_of(const Request& request) {
  model::ReceiveOptions options;
  options.target = model::ReceiveTarget::parse(request.snapshot.text()).value();
  options.create_parents = request.create_parents;
  options.origin = request.origin;
  options.force = request.force;
  options.resumable = request.resumable;
  options.unmounted = request.unmounted;
  options.bytes_per_second = request.bytes_per_second;
  return options;
}

}  // namespace zfsrest::api
