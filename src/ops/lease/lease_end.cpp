#include "api/lease/lease_end.hpp"

#include "ops/run.hpp"
#include "ops/snapshot/deferred.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::LeaseEnd>(Context& context, const api::LeaseEnd::Request& request) {
  return context.leases.end(request.lease);
}

template <>
Result<model::Plan> plan<api::LeaseEnd>(Context& context, const api::LeaseEnd::Request& request) {
  const model::Lease lease = TRY(context.leases.read(request.lease));
  return plan_of_release(context, TRY(context.device.open()), lease.holds);
}

}  // namespace zfsrest::ops
