#include "api/dataset/dataset_promote.hpp"

#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetPromote>(Context& context,
                                                const api::DatasetPromote::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.dataset.text(), Touch::step}}));
  TRY(zfs::promote(handle, request.dataset.text()));
  return zfs::read_dataset(handle, request.dataset.text(), context.release);
}

}  // namespace zfsrest::ops
