#include "api/pool/pool_reopen.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<model::PoolStatus> run<api::PoolReopen>(Context& context,
                                               const api::PoolReopen::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(zfs::reopen_pool(
      handle, request.pool.text(),
      request.restart_resilver ? zfs::Resilver::at_once : zfs::Resilver::after_scrub));
  return zfs::read_pool_status(handle, request.pool.text());
}

}  // namespace zfsrest::ops
