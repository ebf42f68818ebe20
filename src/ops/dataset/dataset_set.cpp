#include "api/dataset/dataset_set.hpp"

#include <fmt/format.h>

#include "model/property_values.hpp"
#include "ops/dataset/property_change.hpp"
#include "ops/dataset/volume_size.hpp"
#include "ops/run.hpp"
#include "zfs/dataset.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::ops {

namespace {

// The kernel would say that a key is not loaded.
Result<Nothing> check_key_location(const api::DatasetSet::Request& request,
                                   const model::Dataset& dataset) {
  const auto encryption = dataset.properties.find("encryption");
  if (!request.properties.contains("keylocation") || encryption == dataset.properties.end() ||
      encryption->second.value != model::PropertyValue(std::string("off")))
    return Nothing{};
  const std::string detail = fmt::format("{} is not encrypted", dataset.name.text());
  return Error{.code = Code::wrong_state,
               .subject = dataset.name.text(),
               .detail = detail,
               .faults = {{.in = "body", .pointer = "/properties/keylocation", .detail = detail}}};
}

Result<Nothing> check_new_size(const api::DatasetSet::Request& request,
                               const model::Dataset& dataset) {
  const auto* size = model::find_value<std::uint64_t>(request.properties, "volsize");
  const auto* block = model::find_value<std::uint64_t>(dataset.properties, "volblocksize");
  if (!size || !block || *block == 0) return Nothing{};
  TRY(check_volume_size(*size, *block));
  const std::uint64_t now = model::number_of(dataset.properties, "volsize");
  if (*size >= now || request.allow_shrink) return Nothing{};
  const std::string detail =
      fmt::format("{} has {} bytes, of which those beyond {} would be lost; `allow_shrink` lets it",
                  dataset.name.text(), now, *size);
  return Error{.code = Code::wrong_state,
               .subject = dataset.name.text(),
               .detail = detail,
               .faults = {{.in = "body", .pointer = "/properties/volsize", .detail = detail}}};
}

}  // namespace

template <>
Result<model::Dataset> run<api::DatasetSet>(Context& context,
                                            const api::DatasetSet::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::string& name = request.dataset.text();
  const model::Dataset dataset = TRY(zfs::read_dataset(handle, name, context.release));
  TRY(check_key_location(request, dataset));
  TRY(check_new_size(request, dataset));
  const bool is_volume = dataset.type == model::DatasetType::volume;
  const zfs::NvList properties = TRY(zfs::kernel_settings(
      request.properties, is_volume ? model::Target::volume : model::Target::filesystem,
      model::Moment::change, context.release, "/properties"));
  PropertyChange change{.dataset = name,
                        .make = [&] { return zfs::set_properties(handle, name, properties); }};
  for (const auto& [property, value] : request.properties) change.names.insert(property);
  const auto can_mount = request.properties.find("canmount");
  change.forbids_mounting = can_mount != request.properties.end() &&
                            can_mount->second == model::PropertyValue(std::string("off"));
  TRY(change_properties(context, handle, change));
  return zfs::read_dataset(handle, name, context.release);
}

}  // namespace zfsrest::ops
