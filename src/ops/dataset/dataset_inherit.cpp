#include "api/dataset/dataset_inherit.hpp"

#include "ops/dataset/property_change.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::DatasetInherit>(Context& context,
                                         const api::DatasetInherit::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& name = request.dataset.text();
  const auto revert = request.received ? zfs::Revert::to_received : zfs::Revert::to_inherited;
  const PropertyChange change{.dataset = name, .names = {request.property}, .make = [&] {
                                return zfs::inherit_property(handle, name, request.property,
                                                             revert);
                              }};
  return change_properties(context, handle, change);
}

}  // namespace zfsrest::ops
