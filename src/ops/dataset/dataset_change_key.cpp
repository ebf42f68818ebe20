#include "api/dataset/dataset_change_key.hpp"

#include "ops/dataset/key_change.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<zfs::Stretching> read_stretching<api::DatasetChangeKey>(
    Context&, const api::DatasetChangeKey::Request& request) {
  return new_stretching(request);
}

template <>
Result<model::Dataset> run<api::DatasetChangeKey>(Context& context,
                                                  const api::DatasetChangeKey::Request& request) {
  const std::string& name = request.dataset.text();
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{name, Touch::step}}));
  TRY(change_key(handle, request, context.key));
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
