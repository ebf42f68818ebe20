#include "api/dataset/dataset_get_partial_receive.hpp"

#include "ops/dataset/partial_receive.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::PartialReceive> run<api::DatasetGetPartialReceive>(
    Context& context, const api::DatasetGetPartialReceive::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& dataset = request.dataset.text();
  return document_of(dataset, TRY(read_partial(handle, dataset)));
}

}  // namespace zfsrest::ops
