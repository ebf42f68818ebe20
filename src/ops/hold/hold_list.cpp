#include "api/hold/hold_list.hpp"

#include "ops/run.hpp"
#include "zfs/hold.hpp"

namespace zfsrest::ops {

template <>
Result<api::HoldList::Response> run<api::HoldList>(Context& context,
                                                   const api::HoldList::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return api::HoldList::Response{.items = TRY(zfs::read_holds(handle, request.snapshot.text()))};
}

}  // namespace zfsrest::ops
