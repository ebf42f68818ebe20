#include "api/dataset/dataset_mount.hpp"

#include "ops/dataset/mounts.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetMount>(Context& context,
                                              const api::DatasetMount::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& name = request.dataset.text();
  const auto hold = TRY(context.trees.hold({{name, Touch::change}}));
  const model::Dataset dataset = TRY(read_mountable(handle, name, context.release));
  if (zfs::is_mounted(dataset))
    return Error{
        .code = Code::wrong_state, .subject = name, .detail = name + " is mounted already"};
  TRY(zfs::mount(zfs::mount_settings_of(dataset)));
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
