#include "api/pool/pool_get.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<model::Pool> run<api::PoolGet>(Context& context, const api::PoolGet::Request& request) {
  return zfs::read_pool(TRY(context.device.open()), request.pool.text(), context.release);
}

}  // namespace zfsrest::ops
