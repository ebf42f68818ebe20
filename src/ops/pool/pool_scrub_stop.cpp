#include "api/pool/pool_scrub_stop.hpp"

#include "ops/run.hpp"
#include "zfs/background.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::PoolScrubStop>(Context& context,
                                        const api::PoolScrubStop::Request& request) {
  return zfs::stop_scrub(TRY(context.device.open()), request.pool.text());
}

}  // namespace zfsrest::ops
