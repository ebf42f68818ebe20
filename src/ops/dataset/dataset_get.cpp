#include "api/dataset/dataset_get.hpp"

#include "ops/run.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetGet>(Context& context,
                                            const api::DatasetGet::Request& request) {
  return zfs::read_dataset(TRY(context.device.open()), request.dataset.text(), context.release);
}

}  // namespace zfsrest::ops
