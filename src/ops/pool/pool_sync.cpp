#include "api/pool/pool_sync.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::PoolSync>(Context& context, const api::PoolSync::Request& request) {
  return zfs::sync_pool(TRY(context.device.open()), request.pool.text(),
                        request.force ? zfs::Force::yes : zfs::Force::no);
}

}  // namespace zfsrest::ops
