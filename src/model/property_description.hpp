// What can be said of a property itself, rather than of its value somewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "describe/codec.hpp"
#include "model/capabilities.hpp"
#include "model/property.hpp"
#include "model/property_json.hpp"

namespace zfsrest::model {

// The name of a property or feature that the module defines, or a feature's guid.
struct NativeName {
  std::string name;

  const std::string& text() const { return name; }
  static Result<NativeName> parse(std::string_view text);
  static describe::TextShape shape();
};

// By what has it; each kind has a table of its own.
enum class PropertyKind { dataset, pool, vdev };

inline std::span<const describe::Word<PropertyKind>> words_of(PropertyKind) {
  static constexpr describe::Word<PropertyKind> words[] = {
      {PropertyKind::dataset, "dataset", "Of file systems, volumes, snapshots and bookmarks."},
      {PropertyKind::pool, "pool", "Of pools."},
      {PropertyKind::vdev, "vdev", "Of vdevs, which have properties from OpenZFS 2.2 on."},
  };
  return words;
}

inline std::span<const describe::Word<PropertyForm>> words_of(PropertyForm) {
  static constexpr describe::Word<PropertyForm> words[] = {
      {PropertyForm::bytes, "bytes", "A number of bytes."},
      {PropertyForm::number, "number", "A number of anything else."},
      {PropertyForm::percent, "percent", "A number from 0 to 100."},
      {PropertyForm::ratio, "ratio", "A number with two decimals, like 1.53."},
      {PropertyForm::index, "word", "One of several words."},
      {PropertyForm::text, "text", "A string."},
      {PropertyForm::time, "time", "A time in the form of RFC 3339, in UTC."},
      {PropertyForm::identity, "identity", "The decimal string of a 64-bit number."},
  };
  return words;
}

inline std::span<const describe::Word<PropertyAccess>> words_of(PropertyAccess) {
  static constexpr describe::Word<PropertyAccess> words[] = {
      {PropertyAccess::read_only, "read_only", "It is never set."},
      {PropertyAccess::settable, "settable", "It is set at any time."},
      {PropertyAccess::at_creation, "at_creation", "It is set when its object is created."},
      {PropertyAccess::at_import, "at_import", "It is set when the pool is imported."},
      {PropertyAccess::at_creation_or_import, "at_creation_or_import",
       "It is set when the pool is created or imported."},
  };
  return words;
}

// What the running module says of one of its properties, in its own terms.
struct ModuleProperty {
  static constexpr std::string_view schema_name = "ModuleProperty";
  std::string name;
  std::string type;
  std::string values;
  std::string initial;
  bool read_only = false;
  bool set_once = false;
  bool visible = false;
  std::vector<Target> targets;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("type", &ModuleProperty::type, "What it calls a `number`, `string` or `index`."),
        required("values", &ModuleProperty::values, "What it tells people of the values."),
        required("default", &ModuleProperty::initial,
                 "The default as it holds it; 0 or nothing if there is none."),
        required("readonly", &ModuleProperty::read_only, "Whether it never lets it be set."),
        required("setonce", &ModuleProperty::set_once, "Whether it lets it be set once."),
        required("visible", &ModuleProperty::visible, "Whether the stock tools list it."),
    };
  }
};

struct PropertyWord {
  static constexpr std::string_view schema_name = "PropertyWord";
  std::string value;
  bool settable = true;
  bool available = true;
  std::string shown_as;
  std::optional<std::string> since;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("value", &PropertyWord::value, "The word."),
        required("settable", &PropertyWord::settable, "Whether it may be set, or is only shown."),
        required("available", &PropertyWord::available, "Whether the running release has it."),
        required("shown_as", &PropertyWord::shown_as,
                 "The word that an object shows to which this was set: the same, or another word "
                 "for the same."),
        required("since", &PropertyWord::since,
                 "The release that brings it; null if all have it that have the property."),
    };
  }
};

struct PropertyRange {
  static constexpr std::string_view schema_name = "PropertyRange";
  std::uint64_t least = 0;
  std::optional<std::uint64_t> most;
  bool power_of_two = false;
  bool or_zero = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("least", &PropertyRange::least, "The smallest number that may be set."),
        required("most", &PropertyRange::most, "The largest, or null if there is no limit."),
        required("power_of_two", &PropertyRange::power_of_two,
                 "Whether it must be a power of two."),
        required("or_zero", &PropertyRange::or_zero, "Whether 0 may be set as well."),
    };
  }
};

struct PropertyDefault {
  static constexpr std::string_view schema_name = "PropertyDefault";
  PropertyValue value;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("value", &PropertyDefault::value,
                               "The value, null included, in the property's own form.")};
  }
};

struct PropertyDescription {
  static constexpr std::string_view schema_name = "PropertyDescription";
  PropertyKind kind = PropertyKind::dataset;
  std::string name;
  std::optional<std::string> description;
  PropertyForm type = PropertyForm::text;
  std::vector<Target> targets;
  PropertyAccess access = PropertyAccess::read_only;
  bool inheritable = false;
  bool nullable = false;
  std::vector<PropertyWord> values;
  std::optional<PropertyRange> range;
  std::optional<std::uint64_t> most_bytes;
  std::optional<std::string> accepts;
  std::optional<PropertyDefault> initial;
  bool available = true;
  std::optional<Lack> code;
  std::optional<std::string> since;
  std::optional<ModuleProperty> module;
  static constexpr auto fields() {
    using describe::required;
    using D = PropertyDescription;
    return std::tuple{
        required("kind", &D::kind, "What has it."),
        required("name", &D::name, "Its name."),
        required("description", &D::description,
                 "What it is; null of one that this daemon does not know, which it neither shows "
                 "nor sets."),
        required("type", &D::type, "The form of its value in this API."),
        required("targets", &D::targets, "The objects that have it in the running release."),
        required("access", &D::access, "When it can be set."),
        required("inheritable", &D::inheritable,
                 "Whether a dataset that has no value of its own has that of its parent."),
        required("nullable", &D::nullable,
                 "Whether its value may be null: no quota, no limit, nothing there."),
        required("values", &D::values,
                 "The words that it may be, in whatever release; of a number, those that stand for "
                 "one."),
        required("range", &D::range, "The numbers that may be set; null where none may be."),
        required("most_bytes", &D::most_bytes,
                 "How long a text may be that is set; null where none may be."),
        required("accepts", &D::accepts,
                 "In words, what may be set in the running release; null where nothing may be."),
        required("default", &D::initial,
                 "Its value where none was set; null where there is always a value, and where it "
                 "follows from something else, as a mount point from the name."),
        required("available", &D::available,
                 "Whether what runs has it, by its release and by what the module says."),
        required("code", &D::code, "Why not; null where it is available."),
        required("since", &D::since,
                 "The release that brings it; null if all have it, or if that is not known."),
        required("module", &D::module,
                 "What the running module says of it, in its own terms; null where it has none."),
    };
  }
};

std::span<const PropertyRow> properties_of(PropertyKind kind);

// Of one in the tables. `module` is what the module says of the properties of this kind, or at
// least of this one; none if it says nothing of them.
PropertyDescription describe_property(PropertyKind kind, const PropertyRow& row,
                                      const Running& running,
                                      const std::optional<std::vector<ModuleProperty>>& module);

// Of one that only the module knows.
PropertyDescription describe_unknown(PropertyKind kind, ModuleProperty module);

}  // namespace zfsrest::model
