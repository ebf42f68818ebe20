#include "api/lease/lease_renew.hpp"

#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Lease> run<api::LeaseRenew>(Context& context,
                                          const api::LeaseRenew::Request& request) {
  return context.leases.renew(request.lease, request.lease_seconds);
}

}  // namespace zfsrest::ops
