#include "api/dataset/dataset_wait.hpp"

#include "ops/waiting.hpp"
#include "zfs/background.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> ready<api::DatasetWait>(Context& context,
                                        const api::DatasetWait::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(zfs::read_dataset(handle, request.dataset.text(), context.release));
  return Nothing{};
}

template <>
Result<api::Waited> run<api::DatasetWait>(Context& context,
                                          const api::DatasetWait::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return wait_for_job(context,
                      [&] { return zfs::wait_for_deletions(handle, request.dataset.text()); });
}

}  // namespace zfsrest::ops
