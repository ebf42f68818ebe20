#include "api/pool/pool_status.hpp"

#include "ops/run.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<model::PoolStatus> run<api::PoolStatusGet>(Context& context,
                                                  const api::PoolStatusGet::Request& request) {
  const std::string& pool = request.pool.text();
  return context.seen.statuses.read(pool, context.patience, [&]() -> Result<model::PoolStatus> {
    return zfs::read_pool_status(TRY(context.device.open()), pool);
  });
}

template <>
std::optional<model::PoolStatus> last_answer<api::PoolStatusGet>(
    const LastSeen& seen, const api::PoolStatusGet::Request& request) {
  return seen.statuses.find(request.pool.text());
}

}  // namespace zfsrest::ops
