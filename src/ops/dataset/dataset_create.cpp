#include "api/dataset/dataset_create.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "model/property_values.hpp"
#include "ops/dataset/new_key.hpp"
#include "ops/dataset/parents.hpp"
#include "ops/dataset/volume_size.hpp"
#include "ops/run.hpp"
#include "zfs/key.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::ops {
namespace {

std::uint64_t number_or(const model::PropertySettings& settings, const char* name,
                        std::uint64_t otherwise) {
  const auto* number = model::find_value<std::uint64_t>(settings, name);
  return number ? *number : otherwise;
}

Result<Nothing> check_size(const api::DatasetCreate::Request& request, model::Release release) {
  const model::PropertyRow* row = model::find_dataset_property("volblocksize");
  const auto usual = model::default_of(*row, model::Target::volume, release);
  const std::uint64_t block =
      number_or(request.properties, "volblocksize", std::get<std::uint64_t>(*usual));
  return check_volume_size(number_or(request.properties, "volsize", 0), block);
}

// What the kernel calls an invalid argument without naming any: whether something is encrypted may
// depend on the parent.
Error explain(const zfs::Handle& handle, const api::DatasetCreate::Request& request,
              Error refused) {
  if (refused.os_errno != EINVAL || !refused.faults.empty()) return refused;
  const auto parent = zfs::read_key_state(handle, request.name.parent());
  if (!parent.ok() || !parent.value().root.empty()) return refused;
  const auto blame = [&](const char* pointer, std::string detail) {
    refused.faults = {{.in = "body", .pointer = pointer, .detail = detail}};
    refused.code = Code::bad_request;
    refused.detail = std::move(detail);
  };
  const bool says = request.properties.contains("encryption");
  if (request.key && !says)
    blame("/properties/encryption",
          fmt::format("a key is given, but {} is not encrypted, and `encryption` is not set",
                      request.name.parent()));
  else if (!request.key && says && model::text_of(request.properties, "encryption") != "off")
    blame("/key", fmt::format("{} is not encrypted and has no key to share, and none is given",
                              request.name.parent()));
  return refused;
}

}  // namespace

template <>
Result<zfs::Stretching> read_stretching<api::DatasetCreate>(
    Context&, const api::DatasetCreate::Request& request) {
  return new_stretching(*request.key, request.properties);
}

template <>
Result<model::Dataset> run<api::DatasetCreate>(Context& context,
                                               const api::DatasetCreate::Request& request) {
  const bool is_volume = request.type == model::DatasetType::volume;
  if (is_volume) TRY(check_size(request, context.release));
  zfs::NvList properties = TRY(zfs::kernel_settings(
      request.properties, is_volume ? model::Target::volume : model::Target::filesystem,
      model::Moment::creation, context.release, "/properties"));
  if (context.key) add_new_root(*context.key, properties);
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.name.text(), Touch::change}}));
  const auto create = [&] {
    return make_mounted(handle, request.name.text(), context.release, [&] {
      return zfs::create_dataset(handle, request.name.text(), request.type, properties,
                                 context.key);
    });
  };
  auto created = request.create_parents
                     ? below_parents(handle, request.name, context.release, create)
                     : create();
  if (!created.ok()) return explain(handle, request, std::move(created).error());
  return zfs::read_dataset(handle, request.name.text(), context.release);
}

}  // namespace zfsrest::ops
