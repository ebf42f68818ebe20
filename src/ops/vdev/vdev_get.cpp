#include "api/vdev/vdev_get.hpp"

#include "ops/run.hpp"
#include "zfs/vdev.hpp"

namespace zfsrest::ops {

template <>
Result<model::Vdev> run<api::VdevGet>(Context& context, const api::VdevGet::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return zfs::read_vdev(handle, request.pool.text(), request.vdev, context.release);
}

}  // namespace zfsrest::ops
