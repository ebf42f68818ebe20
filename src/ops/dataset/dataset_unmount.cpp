#include "api/dataset/dataset_unmount.hpp"

#include "ops/dataset/mounts.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetUnmount>(Context& context,
                                                const api::DatasetUnmount::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& name = request.dataset.text();
  const auto hold = TRY(context.trees.hold({{name, Touch::change}}));
  const model::Dataset dataset = TRY(read_mountable(handle, name, context.release));
  const auto refuse = [&](const char* why) {
    return Error{.code = Code::wrong_state, .subject = name, .detail = name + why};
  };
  if (!zfs::is_mounted(dataset)) return refuse(" is not mounted");
  if (zfs::mount_settings_of(dataset).is_legacy)
    return refuse(" has mountpoint=legacy, so umount(8) has to unmount it");
  TRY(Unmounted::take(handle, name, Unmounted::Which::following, context.release));
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
