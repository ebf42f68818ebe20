#include "api/lease/lease_list.hpp"

#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<api::LeaseList::Response> run<api::LeaseList>(Context& context,
                                                     const api::LeaseList::Request&) {
  return api::LeaseList::Response{.items = context.leases.list()};
}

}  // namespace zfsrest::ops
