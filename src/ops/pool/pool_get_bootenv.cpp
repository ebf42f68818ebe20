#include "api/pool/pool_get_bootenv.hpp"

#include "ops/run.hpp"
#include "zfs/boot_environment.hpp"

namespace zfsrest::ops {

template <>
Result<api::PoolGetBootenv::Response> run<api::PoolGetBootenv>(
    Context& context, const api::PoolGetBootenv::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return api::PoolGetBootenv::Response{
      TRY(zfs::read_boot_environment(handle, request.pool.text()))};
}

}  // namespace zfsrest::ops
