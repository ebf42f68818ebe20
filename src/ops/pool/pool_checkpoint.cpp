#include "api/pool/pool_checkpoint.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<model::PoolStatus> run<api::PoolCheckpoint>(Context& context,
                                                   const api::PoolCheckpoint::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  // It is not to be taken between the steps of a change.
  const auto hold = TRY(context.trees.hold({{request.pool.text(), Touch::step}}));
  TRY(zfs::checkpoint_pool(handle, request.pool.text()));
  return zfs::read_pool_status(handle, request.pool.text());
}

}  // namespace zfsrest::ops
