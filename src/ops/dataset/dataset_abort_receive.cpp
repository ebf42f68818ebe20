#include "api/dataset/dataset_abort_receive.hpp"

#include "ops/dataset/partial_receive.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<Nothing> run<api::DatasetAbortReceive>(Context& context,
                                              const api::DatasetAbortReceive::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& dataset = request.dataset.text();
  TRY(read_partial(handle, dataset));
  return zfs::abort_receive(handle, dataset);
}

template <>
Result<model::Plan> plan<api::DatasetAbortReceive>(
    Context& context, const api::DatasetAbortReceive::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  return plan_of_destroying(context, handle, TRY(read_partial(handle, request.dataset.text())));
}

}  // namespace zfsrest::ops
