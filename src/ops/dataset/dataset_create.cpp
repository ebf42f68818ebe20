#include "api/dataset/dataset_create.hpp"

#include <fmt/format.h>

#include "model/property_values.hpp"
#include "ops/dataset/parents.hpp"
#include "ops/dataset/volume_size.hpp"
#include "ops/run.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::ops {
namespace {

using Request = api::DatasetCreate::Request;

std::uint64_t number_or(const model::PropertySettings& settings, const char* name,
                        std::uint64_t otherwise) {
  const auto* number = model::find_value<std::uint64_t>(settings, name);
  return number ? *number : otherwise;
}

Result<Nothing> check_size(const Request& request, model::Release release) {
  const model::PropertyRow* row = model::find_dataset_property("volblocksize");
  const auto usual = model::default_of(*row, model::Target::volume, release);
  const std::uint64_t block =
      number_or(request.properties, "volblocksize", std::get<std::uint64_t>(*usual));
  return check_volume_size(number_or(request.properties, "volsize", 0), block);
}

}  // namespace

template <>
Result<model::Dataset> run<api::DatasetCreate>(Context& context, const Request& request) {
  const bool is_volume = request.type == model::DatasetType::volume;
  if (is_volume) TRY(check_size(request, context.release));
  const zfs::NvList properties = TRY(zfs::kernel_settings(
      request.properties, is_volume ? model::Target::volume : model::Target::filesystem,
      model::Moment::creation, context.release, "/properties"));
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.name.text(), Touch::change}}));
  const auto create = [&] {
    return make_mounted(handle, request.name.text(), context.release, [&] {
      return zfs::create_dataset(handle, request.name.text(), request.type, properties);
    });
  };
  TRY(request.create_parents ? below_parents(handle, request.name, context.release, create)
                             : create());
  return zfs::read_dataset(handle, request.name.text(), context.release);
}

}  // namespace zfsrest::ops
