// How property values and properties look in JSON.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "describe/codec.hpp"
#include "model/property.hpp"
#include "model/property_setting.hpp"

namespace zfsrest::model {

enum class SourceKind { none, fixed_default, local, inherited, received, temporary };

std::span<const describe::Word<SourceKind>> words_of(SourceKind);

// Where a property's value comes from.
struct PropertySource {
  static constexpr std::string_view schema_name = "PropertySource";
  SourceKind kind = SourceKind::none;
  std::optional<std::string> dataset;
  static constexpr auto fields() {
    using describe::optional, describe::required;
    return std::tuple{
        required("kind", &PropertySource::kind, "Where the value was set."),
        optional("dataset", &PropertySource::dataset, "The dataset it is inherited from."),
    };
  }
};

struct Property {
  static constexpr std::string_view schema_name = "Property";
  PropertyValue value;
  PropertySource source;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("value", &Property::value, "The value in the property's own form."),
        required("source", &Property::source, "Where it comes from."),
    };
  }
};

using Properties = std::map<std::string, Property>;

// Properties as a caller sets them: plain values.
using PropertySettings = std::map<std::string, PropertyValue>;

inline constexpr Targets any_dataset = Targets(Target::filesystem) | Targets(Target::volume);

// Notes every setting that cannot be made at this moment on any of `targets` (bits of
// PropertyTarget): unknown or read-only properties, wrong types, values out of range. What only the
// running release can judge, and what only one of several targets has, is left to the operation.
// Each fault points at the property.
void check_settings(const PropertySettings& settings, Targets targets, Moment moment,
                    const describe::Spot& spot);

// Notes every setting that is no user property with a text.
void check_user_properties(const PropertySettings& settings, const describe::Spot& spot);

// Notes a property that does not exist or cannot be set.
void check_settable(const std::string& property, const describe::Spot& spot);

// Notes a property that does not exist or cannot be inherited.
void check_inheritable(const std::string& property, const describe::Spot& spot);

}  // namespace zfsrest::model

template <>
struct zfsrest::describe::Codec<zfsrest::model::PropertyValue> {
  static std::optional<zfsrest::model::PropertyValue> decode(const json::Value& value,
                                                             const Spot& spot);
  template <class Out>
  static void write(const zfsrest::model::PropertyValue& value, Out& out) {
    if (const auto* number = std::get_if<std::uint64_t>(&value))
      out.number(*number);
    else if (const auto* ratio = std::get_if<double>(&value))
      out.number(*ratio);
    else if (const auto* text = std::get_if<std::string>(&value))
      out.text(*text);
    else
      out.null();
  }
  static json::Object schema(Schemas& schemas);
  static json::Value from_text(std::string_view text) { return json::Value(text); }
};
