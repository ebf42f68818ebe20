#include "api/pool/pool_ddt_prune.hpp"

#include "ops/run.hpp"
#include "ops/unjudged.hpp"
#include "zfs/background.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> ready<api::PoolDdtPrune>(Context& context,
                                         const api::PoolDdtPrune::Request& request) {
  return zfs::check_not_suspended(TRY(context.device.open()), request.pool.text());
}

template <>
Result<Nothing> run<api::PoolDdtPrune>(Context& context,
                                       const api::PoolDdtPrune::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(context.work->begin(unjudged_evidence()));
  const bool by_age = request.older_than_seconds.has_value();
  return zfs::prune_dedup_table(handle, request.pool.text(),
                                by_age ? model::PruneUnit::age : model::PruneUnit::percentage,
                                by_age ? *request.older_than_seconds : *request.percentage);
}

template <>
Result<Finding> judge<api::PoolDdtPrune>(Context&, const api::PoolDdtPrune::Request&,
                                         const json::Object&) {
  return unjudged("how many entries were taken out");
}

}  // namespace zfsrest::ops
