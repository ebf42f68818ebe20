#include "api/dataset/dataset_inherit.hpp"

#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::DatasetInherit>(Context& context,
                                         const api::DatasetInherit::Request& request) {
  return zfs::inherit_property(
      TRY(context.device.open()), request.dataset.text(), request.property,
      request.received ? zfs::Revert::to_received : zfs::Revert::to_inherited);
}

}  // namespace zfsrest::ops
