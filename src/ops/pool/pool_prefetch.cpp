#include "api/pool/pool_prefetch.hpp"

#include "ops/run.hpp"
#include "ops/unjudged.hpp"
#include "zfs/background.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> ready<api::PoolPrefetch>(Context& context,
                                         const api::PoolPrefetch::Request& request) {
  return zfs::check_not_suspended(TRY(context.device.open()), request.pool.text());
}

template <>
Result<Nothing> run<api::PoolPrefetch>(Context& context,
                                       const api::PoolPrefetch::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(context.work->begin(unjudged_evidence()));
  return zfs::prefetch(handle, request.pool.text(), request.kind);
}

template <>
Result<Finding> judge<api::PoolPrefetch>(Context&, const api::PoolPrefetch::Request&,
                                         const json::Object&) {
  return unjudged("whether the tables were read");
}

}  // namespace zfsrest::ops
