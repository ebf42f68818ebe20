#include "api/lease/lease_end.hpp"

#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::LeaseEnd>(Context& context, const api::LeaseEnd::Request& request) {
  return context.leases.end(request.lease);
}

}  // namespace zfsrest::ops
