#include "api/pool/pool_get.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<model::Pool> run<api::PoolGet>(Context& context, const api::PoolGet::Request& request) {
  const std::string& pool = request.pool.text();
  return context.seen.pools.read(pool, context.patience, [&]() -> Result<model::Pool> {
    return zfs::read_pool(TRY(context.device.open()), pool, context.release);
  });
}

template <>
std::optional<model::Pool> last_answer<api::PoolGet>(const LastSeen& seen,
                                                     const api::PoolGet::Request& request) {
  return seen.pools.find(request.pool.text());
}

}  // namespace zfsrest::ops
