#include "zfs/properties.hpp"

#include <algorithm>
#include <array>

#include "json/value.hpp"
#include "model/property.hpp"
#include "model/property_setting.hpp"

namespace zfsrest::zfs {
namespace {

using model::Property;
using model::PropertySource;
using model::SourceKind;

// The bits of zprop_source_t.
constexpr std::uint64_t source_default = 2;
constexpr std::uint64_t source_temporary = 4;
constexpr std::uint64_t source_local = 8;

// What the kernel tells of a file system's format on disk only when asked for that.
constexpr std::array<std::string_view, 10> format_properties{"version",
                                                             "normalization",
                                                             "utf8only",
                                                             "casesensitivity",
                                                             "defaultuserquota",
                                                             "defaultgroupquota",
                                                             "defaultprojectquota",
                                                             "defaultuserobjquota",
                                                             "defaultgroupobjquota",
                                                             "defaultprojectobjquota"};

// How the kernel says that a value came with a stream.
constexpr std::string_view received_source = "$recvd";

PropertySource source_of(std::optional<std::string_view> said, const std::string& name) {
  if (!said) return {.kind = SourceKind::none};
  if (said->empty()) return {.kind = SourceKind::fixed_default};
  if (*said == name) return {.kind = SourceKind::local};
  if (*said == received_source) return {.kind = SourceKind::received};
  return {.kind = SourceKind::inherited, .dataset = std::string(*said)};
}

PropertySource source_of_bits(std::uint64_t bits) {
  switch (bits) {
    case source_default:
      return {.kind = SourceKind::fixed_default};
    case source_temporary:
      return {.kind = SourceKind::temporary};
    case source_local:
      return {.kind = SourceKind::local};
    default:
      return {.kind = SourceKind::none};
  }
}

std::optional<model::KernelValue> kernel_value(NvView entry) {
  if (const auto number = entry.u64("value")) return model::KernelValue(*number);
  if (const auto text = entry.text("value")) return model::KernelValue(std::string(*text));
  // Clones are the names of a list.
  if (const auto names = entry.list("value")) {
    std::string all;
    names->each(
        [&](const NvPair& name) { all += (all.empty() ? "" : ",") + std::string(name.name()); });
    return model::KernelValue(std::move(all));
  }
  return {};
}

// The kernel tells the mount point as it was set, on whichever ancestor that was; below it the rest
// of the name follows. One that nobody set is the name itself.
void resolve_mountpoint(const std::string& name, model::Properties& properties) {
  auto [found, absent] = properties.try_emplace(
      "mountpoint", Property{.value = "/" + name, .source = {.kind = SourceKind::fixed_default}});
  if (absent) return;
  auto* path = std::get_if<std::string>(&found->second.value);
  const auto& source = found->second.source;
  if (!path || !path->starts_with('/') || !source.dataset || !name.starts_with(*source.dataset))
    return;
  *path = (*path == "/" ? "" : *path) + name.substr(source.dataset->size());
}

// The kernel gives a number, and of a snapshot that of its dataset.
std::string_view word_of(model::Target target) {
  return target == model::Target::snapshot   ? "snapshot"
         : target == model::Target::bookmark ? "bookmark"
         : target == model::Target::volume   ? "volume"
                                             : "filesystem";
}

// Whether a dataset or snapshot has this property. What is of snapshots as well as of one kind of
// dataset, snapshots of the other kind have not.
bool is_shown(const model::PropertyRow& row, const Listed& listed, model::Release release) {
  const model::Targets targets = model::targets_in(row, release);
  if (row.visibility == model::Visibility::hidden || !targets.has(listed.target)) return false;
  const bool of_one_kind =
      targets.has(model::Target::filesystem) != targets.has(model::Target::volume);
  return !of_one_kind || targets.has(listed.head);
}

template <class IsShown>
void add_defaults(std::span<const model::PropertyRow> rows, const IsShown& is_shown,
                  model::Target target, model::Release release, model::Properties& properties) {
  for (const model::PropertyRow& row : rows) {
    if (!is_shown(row) || row.supplier == model::Supplier::computed) continue;
    if (properties.contains(std::string(row.name))) continue;
    auto value = model::default_of(row, target, release);
    if (!value) continue;
    const SourceKind kind = row.access == model::PropertyAccess::read_only
                                ? SourceKind::none
                                : SourceKind::fixed_default;
    properties.emplace(row.name, Property{.value = std::move(*value), .source = {.kind = kind}});
  }
}

bool is_visible(const model::PropertyRow& row) {
  return row.visibility == model::Visibility::shown;
}

// What the kernel lists with its sources as bits.
model::Properties listed_properties(NvView listed,
                                    const model::PropertyRow* (*find)(std::string_view),
                                    model::Release release) {
  model::Properties properties;
  listed.each([&](const NvPair& pair) {
    const auto entry = pair.list();
    const auto value = entry ? kernel_value(*entry) : std::nullopt;
    if (!value) return;
    const std::string property(pair.name());
    const PropertySource source = source_of_bits(entry->u64("source").value_or(0));
    if (const model::PropertyRow* row = find(property)) {
      if (!is_visible(*row)) return;
      properties.emplace(property,
                         Property{.value = model::to_api(*row, *value, release), .source = source});
    } else if (const auto* text = std::get_if<std::string>(&*value);
               text && model::is_user_property(property)) {
      properties.emplace(property, Property{.value = *text, .source = source});
    }
  });
  return properties;
}

}  // namespace

std::uint64_t number_of(NvView properties, const char* name) {
  const auto property = properties.list(name);
  return property ? property->u64("value").value_or(0) : 0;
}

std::string text_of(NvView properties, const char* name) {
  const auto property = properties.list(name);
  return std::string(property ? property->text("value").value_or("") : "");
}

NvList read_format(const Handle& handle, const Command& command,
                   const model::Selection& selection) {
  if (head_of(command) == model::Target::volume) return {};
  if (std::ranges::none_of(format_properties,
                           [&](std::string_view name) { return selection.wants(name); }))
    return {};
  const auto asked = command_for(command.name);
  return handle.call(Ioctl::objset_zplprops, *asked).output;
}

model::Target head_of(const Command& command) {
  constexpr std::uint32_t type_volume = 3;
  return command.stats.type == type_volume ? model::Target::volume : model::Target::filesystem;
}

model::Properties dataset_properties(const Listed& listed, model::Release release,
                                     const model::Selection& selection) {
  model::Properties properties;
  if (!selection.wants_properties) return properties;
  listed.properties.each([&](const NvPair& pair) {
    if (!selection.wants(pair.name())) return;
    const std::string property(pair.name());
    const auto entry = pair.list();
    const auto value = entry ? kernel_value(*entry) : std::nullopt;
    if (!value) return;
    PropertySource source = source_of(entry->text("source"), listed.name);
    if (const model::PropertyRow* row = model::find_dataset_property(property)) {
      if (!is_shown(*row, listed, release)) return;
      // Of some numbers the kernel gives no source; those that can be set were set here.
      if (source.kind == SourceKind::none && row->access == model::PropertyAccess::settable)
        source.kind = SourceKind::local;
      properties.emplace(property,
                         Property{.value = model::to_api(*row, *value, release), .source = source});
    } else if (const auto* text = std::get_if<std::string>(&*value);
               text && model::is_user_property(property)) {
      properties.emplace(property, Property{.value = *text, .source = source});
    }
  });
  listed.format.each([&](const NvPair& pair) {
    const model::PropertyRow* row = model::find_dataset_property(pair.name());
    const auto number = pair.u64();
    if (!row || !number || !selection.wants(pair.name()) || !is_shown(*row, listed, release))
      return;
    properties.emplace(row->name, Property{.value = model::to_api(*row, *number, release),
                                           .source = {.kind = SourceKind::none}});
  });
  add_defaults(
      model::dataset_properties(),
      [&](const model::PropertyRow& row) {
        return selection.wants(row.name) && is_shown(row, listed, release);
      },
      listed.target, release, properties);
  if (listed.target == model::Target::filesystem && selection.wants("mountpoint"))
    resolve_mountpoint(listed.name, properties);
  properties["type"] = {.value = std::string(word_of(listed.target)), .source = {}};
  return properties;
}

model::Properties pool_properties(NvView listed, model::Release release) {
  model::Properties properties = listed_properties(listed, model::find_pool_property, release);
  add_defaults(model::pool_properties(), is_visible, model::Target::pool, release, properties);
  return properties;
}

model::Properties vdev_properties(NvView listed, model::Release release) {
  model::Properties properties = listed_properties(listed, model::find_vdev_property, release);
  std::erase_if(properties, [](const auto& entry) {
    const model::PropertyRow* row = model::find_vdev_property(entry.first);
    return row && row->form == model::PropertyForm::index &&
           entry.second.value == model::PropertyValue(std::string("-"));
  });
  // The kernel calls the source of those that users made the default, if it was not asked by name.
  for (auto& [name, property] : properties)
    if (model::is_user_property(name)) property.source.kind = SourceKind::local;
  return properties;
}

void add_vdev_defaults(model::Properties& properties, model::Release release) {
  add_defaults(model::vdev_properties(), is_visible, model::Target::vdev, release, properties);
}

Result<NvList> kernel_settings(const model::PropertySettings& settings, model::Target target,
                               model::Moment moment, model::Release release,
                               const std::string& pointer) {
  NvList list;
  Error refused;
  for (const auto& [name, value] : settings) {
    auto checked = model::check_property(name, value,
                                         {.target = target, .moment = moment, .release = release});
    if (checked.ok()) {
      list.add_value(name, checked.value());
      continue;
    }
    refused.code = checked.error().code;
    refused.detail = checked.error().detail;
    refused.faults.push_back({.in = "body",
                              .pointer = pointer + "/" + json::pointer_token(name),
                              .code = checked.error().code,
                              .detail = checked.error().detail});
  }
  if (!refused.faults.empty()) return refused;
  return list;
}

}  // namespace zfsrest::zfs
