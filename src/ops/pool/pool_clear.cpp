#include "api/pool/pool_clear.hpp"

#include "model/property_values.hpp"
#include "ops/run.hpp"
#include "zfs/pool.hpp"
#include "zfs/releases.hpp"

namespace zfsrest::ops {
namespace {

Result<Nothing> check_multihost(const Context& context, const zfs::Handle& handle,
                                const std::string& name) {
  if (!zfs::clearing_multihost_holds_the_pool.has(context.release)) return Nothing{};
  const model::Pool pool = TRY(zfs::read_pool(handle, name, context.release));
  if (!pool.suspended || model::text_of(pool.properties, "multihost") != "on") return Nothing{};
  return Error{.code = Code::wrong_state,
               .subject = name,
               .detail = name + " has multihost=on, so it has to be exported and imported"};
}

}  // namespace

// No tree is held: what holds one may be waiting for this.
template <>
Result<model::PoolStatus> run<api::PoolClear>(Context& context,
                                              const api::PoolClear::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& pool = request.pool.text();
  TRY(check_multihost(context, handle, pool));
  auto cleared = zfs::clear_errors(handle, pool, request.vdev);
  if (!cleared.ok()) {
    // The kernel has tried to open it, and says only that this failed.
    const auto open = zfs::is_open(handle, pool);
    if (!open.ok() || open.value()) return std::move(cleared).error();
    return Error{.code = Code::wrong_state,
                 .os_errno = cleared.error().os_errno,
                 .subject = pool,
                 .detail = pool + " still cannot be opened; its status says why"};
  }
  return zfs::read_pool_status(handle, pool);
}

}  // namespace zfsrest::ops
