#include "api/hold/hold_create.hpp"

#include "api/hold/batch.hpp"
#include "api/lease/seconds.hpp"

namespace zfsrest::api {

void HoldCreate::check(const Request& request, const Spots& spots) {
  const describe::Spot holds = spots.body.key("holds");
  check_holds(request.holds, holds);
  check_lease_seconds(request.lease_seconds, spots.body.key("lease_seconds"));
  for (std::size_t i = 0; i < request.holds.size(); ++i) {
    const model::HoldTag& tag = request.holds[i].tag;
    const describe::Spot spot = holds.index(i).key("tag");
    if (const auto good = model::check_new_tag(tag); !good.ok()) spot.fault(good.error());
    if (request.lease_seconds && tag.text().size() > model::max_temporary_tag_bytes)
      spot.fault("the tag of a hold that ends with a lease may have at most 238 bytes");
  }
}

}  // namespace zfsrest::api
