#include "api/pool/pool_set_bootenv.hpp"

#include "ops/run.hpp"
#include "zfs/boot_environment.hpp"

namespace zfsrest::ops {

template <>
Result<api::PoolSetBootenv::Response> run<api::PoolSetBootenv>(
    Context& context, const api::PoolSetBootenv::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& pool = request.pool.text();
  TRY(zfs::write_boot_environment(handle, pool, request.environment));
  return api::PoolSetBootenv::Response{TRY(zfs::read_boot_environment(handle, pool))};
}

}  // namespace zfsrest::ops
