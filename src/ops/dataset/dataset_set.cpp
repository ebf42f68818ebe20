#include "api/dataset/dataset_set.hpp"

#include "ops/run.hpp"
#include "zfs/dataset.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::ops {

template <>
Result<model::Dataset> run<api::DatasetSet>(Context& context,
                                            const api::DatasetSet::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& name = request.dataset.text();
  const bool is_volume =
      TRY(zfs::read_dataset(handle, name, context.release)).type == model::DatasetType::volume;
  const zfs::NvList properties = TRY(zfs::kernel_settings(
      request.properties, is_volume ? model::Target::volume : model::Target::filesystem,
      model::Moment::change, context.release, "/properties"));
  TRY(zfs::set_properties(handle, name, properties));
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
