#include "api/pool/pool_status.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<model::PoolStatus> run<api::PoolStatusGet>(Context& context,
                                                  const api::PoolStatusGet::Request& request) {
  return zfs::read_pool_status(TRY(context.device.open()), request.pool.text());
}

}  // namespace zfsrest::ops
