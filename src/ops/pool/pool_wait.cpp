#include "api/pool/pool_wait.hpp"

#include "ops/waiting.hpp"
#include "zfs/background.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> ready<api::PoolWait>(Context& context, const api::PoolWait::Request& request) {
  return zfs::check_not_suspended(TRY(context.device.open()), request.pool.text());
}

template <>
Result<api::Waited> run<api::PoolWait>(Context& context, const api::PoolWait::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return wait_for_job(context, [&] {
    return zfs::wait_for(handle, request.pool.text(), request.activity, request.vdev);
  });
}

}  // namespace zfsrest::ops
