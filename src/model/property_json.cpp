#include "model/property_json.hpp"

#include <fmt/format.h>

#include <array>

namespace zfsrest::model {
namespace {

constexpr std::array all_targets{Target::filesystem, Target::volume, Target::snapshot,
                                 Target::bookmark,   Target::pool,   Target::vdev};

// Whether the setting is acceptable on one of the targets; if not, why it is not, on one that has
// the property if any does.
Result<Nothing> check_setting(const std::string& name, const PropertyValue& value, Targets targets,
                              Moment moment) {
  Error refusal = Error::of(Code::bad_request, "there is nothing to set it on");
  const PropertyRow* row = find_dataset_property(name);
  bool is_refused = false;
  for (const Target target : all_targets) {
    if (!targets.has(target)) continue;
    auto checked =
        check_property(name, value, {.target = target, .moment = moment, .release = release_2_4});
    if (checked.ok()) return Nothing{};
    if (!is_refused || (row && row->targets.has(target))) refusal = std::move(checked).error();
    is_refused = true;
  }
  return refusal;
}

// The kernel takes very many one by one, in transaction groups of their own, and every read of the
// object is slow ever after.
void check_count(const PropertySettings& settings, const describe::Spot& spot) {
  constexpr std::size_t most = 256;
  if (settings.size() > most) spot.fault("at most 256 properties are set at once");
}

// The row of a property of ZFS's own that can be set; else nothing, with a fault unless it is a
// user property.
const PropertyRow* find_settable(const std::string& property, const describe::Spot& spot) {
  if (is_user_property(property)) return nullptr;
  const PropertyRow* row = find_dataset_property(property);
  if (!row || row->visibility == Visibility::hidden)
    spot.fault(fmt::format("no property is named \"{}\"", property));
  else if (row->access != PropertyAccess::settable)
    spot.fault(fmt::format("{} cannot be set", property));
  else
    return row;
  return nullptr;
}

}  // namespace

std::span<const describe::Word<SourceKind>> words_of(SourceKind) {
  static constexpr describe::Word<SourceKind> words[] = {
      {SourceKind::none, "none", "It is not set but computed."},
      {SourceKind::fixed_default, "default", "Nobody set it."},
      {SourceKind::local, "local", "It was set on this object."},
      {SourceKind::inherited, "inherited", "It was set on an ancestor."},
      {SourceKind::received, "received", "It came with a stream."},
      {SourceKind::temporary, "temporary",
       "It holds until the pool is exported or the dataset unmounted."},
  };
  return words;
}

void check_settings(const PropertySettings& settings, Targets targets, Moment moment,
                    const describe::Spot& spot) {
  check_count(settings, spot);
  for (const auto& [name, value] : settings)
    if (auto checked = check_setting(name, value, targets, moment); !checked.ok())
      spot.key(name).fault(checked.error());
}

void check_user_properties(const PropertySettings& settings, const describe::Spot& spot) {
  check_count(settings, spot);
  for (const auto& [name, value] : settings) {
    if (!is_user_property(name))
      spot.key(name).fault(
          "only user properties can be set here; their names hold a colon and no capital letters");
    else if (auto checked = check_setting(name, value, Target::snapshot, Moment::creation);
             !checked.ok())
      spot.key(name).fault(checked.error());
  }
}

void check_settable(const std::string& property, const describe::Spot& spot) {
  find_settable(property, spot);
}

void check_inheritable(const std::string& property, const describe::Spot& spot) {
  const PropertyRow* row = find_settable(property, spot);
  if (row && row->inheritance == Inheritance::none)
    spot.fault(fmt::format("{} is never inherited; set it instead", property));
}

}  // namespace zfsrest::model

namespace zfsrest::describe {

using model::PropertyValue;

std::optional<PropertyValue> Codec<PropertyValue>::decode(const json::Value& value,
                                                          const Spot& spot) {
  if (value.is_null()) return PropertyValue(nullptr);
  if (value.is_string()) return PropertyValue(std::string(json::view(value.get_string())));
  if (value.is_double()) {
    spot.fault("expected a number without fraction or exponent");
    return {};
  }
  if (value.is_bool()) {
    spot.fault("expected a number, a string or null, got a boolean; ZFS writes \"on\" and \"off\"");
    return {};
  }
  if (value.is_int64() && value.get_int64() < 0) {
    spot.fault("no property takes a negative number");
    return {};
  }
  if (value.is_int64()) return PropertyValue(static_cast<std::uint64_t>(value.get_int64()));
  if (value.is_uint64()) return PropertyValue(value.get_uint64());
  fault_kind(spot, "a number, a string or null", value);
  return {};
}

json::Object Codec<PropertyValue>::schema(Schemas& schemas) {
  constexpr std::string_view name = "PropertyValue";
  if (!schemas.known(name))
    schemas.define(name, {{"type", json::Array{"null", "number", "string"}},
                          {"description",
                           "A number, a word, a text, or null where a quota or limit is absent."}});
  return Schemas::reference(name);
}

}  // namespace zfsrest::describe
