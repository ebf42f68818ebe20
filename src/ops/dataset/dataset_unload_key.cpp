#include "api/dataset/dataset_unload_key.hpp"

#include "ops/dataset/key_errors.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetUnloadKey>(Context& context,
                                                  const api::DatasetUnloadKey::Request& request) {
  const std::string& name = request.dataset.text();
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{name, Touch::step}}));
  if (auto unloaded = zfs::unload_key(handle, name); !unloaded.ok())
    return explain_no_root(handle, name, std::move(unloaded).error());
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
