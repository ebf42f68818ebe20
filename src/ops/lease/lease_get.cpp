#include "api/lease/lease_get.hpp"

#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::Lease> run<api::LeaseGet>(Context& context, const api::LeaseGet::Request& request) {
  return context.leases.read(request.lease);
}

}  // namespace zfsrest::ops
