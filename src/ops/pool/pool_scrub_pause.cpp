#include "api/pool/pool_scrub_pause.hpp"

#include "ops/run.hpp"
#include "zfs/background.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::PoolScrubPause>(Context& context,
                                         const api::PoolScrubPause::Request& request) {
  return zfs::pause_scrub(TRY(context.device.open()), request.pool.text());
}

}  // namespace zfsrest::ops
