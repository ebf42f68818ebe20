// What can be said of the fields of an object in a list: those of its own, its properties, and the
// properties that users made.
#pragma once

#include <optional>
#include <string_view>

#include "describe/codec.hpp"
#include "model/property_json.hpp"
#include "model/property_setting.hpp"
#include "model/selection.hpp"

namespace zfsrest::model {

// The form of the values of a field that objects have besides their properties, and that ZFS tells
// without opening them; nothing if it is none.
std::optional<PropertyForm> identity_form(std::string_view field);

// Of a property, native or made by users; nothing if there is none of that name.
std::optional<PropertyForm> dataset_property_form(std::string_view name);

template <describe::Record Object>
bool has_field(std::string_view name) {
  bool found = false;
  describe::each_field<Object>([&](const auto& field) { found = found || field.name == name; });
  return found;
}

// Whether the name is that of a field of its own; else it is a property's.
template <describe::Record Object>
bool is_own_field(std::string_view name) {
  return identity_form(name).has_value() && has_field<Object>(name);
}

// By which forms a list of such objects is filtered.
template <describe::Record Object>
std::optional<PropertyForm> form_of(std::string_view field) {
  return is_own_field<Object>(field) ? identity_form(field) : dataset_property_form(field);
}

// Whether it can be asked for in `fields`.
template <describe::Record Object>
bool is_selectable(std::string_view field) {
  return has_field<Object>(field) || form_of<Object>(field).has_value();
}

// What a field of the object's own is compared as; nothing if it is neither a number nor a word or
// text, nor several of these.
template <class T>
std::optional<PropertyValue> comparable(const T& value) {
  if constexpr (std::same_as<T, std::uint64_t> || std::same_as<T, std::string>) return value;
  if constexpr (std::same_as<T, bool>) return std::string(value ? "true" : "false");
  if constexpr (describe::Text<T>) return value.text();
  if constexpr (std::is_enum_v<T>)
    for (const describe::Word<T>& row : words_of(T{}))
      if (row.value == value) return std::string(row.word);
  return {};
}
// Separated by commas, as properties have them.
template <describe::Text T>
std::optional<PropertyValue> comparable(const std::vector<T>& values) {
  std::string all;
  for (const T& value : values) all += (all.empty() ? "" : ",") + value.text();
  return all;
}
template <class T>
std::optional<PropertyValue> comparable(const std::optional<T>& value) {
  return value ? comparable(*value) : PropertyValue(nullptr);
}

// The object's value of a field; nothing if it has none.
template <describe::Record Object>
std::optional<PropertyValue> value_of(const Object& object, std::string_view name) {
  if (!is_own_field<Object>(name)) {
    const auto found = object.properties.find(std::string(name));
    if (found == object.properties.end()) return {};
    return found->second.value;
  }
  std::optional<PropertyValue> value;
  describe::each_field<Object>([&](const auto& field) {
    if (field.name == name) value = comparable(object.*field.member);
  });
  return value;
}

// Whether one of the names is a property's, or stands for all of them.
template <describe::Record Object>
bool wants_properties(const Selection::Names& names) {
  return std::ranges::any_of(names, [](const std::string& name) {
    return name == "properties" || !has_field<Object>(name);
  });
}

// The object with the fields and properties that are shown; none for all.
template <describe::Record Object>
void write_selected(const Object& object, const std::optional<Selection::Names>& shown,
                    json::Writer& out) {
  if (!shown) return describe::write(object, out);
  const bool shows_all = shown->contains("properties");
  out.begin_object();
  describe::each_field<Object>([&](const auto& field) {
    if (field.name == "properties" || !shown->contains(field.name)) return;
    out.key(field.name);
    describe::write(object.*field.member, out);
  });
  if (wants_properties<Object>(*shown)) {
    out.key("properties");
    out.begin_object();
    for (const auto& [name, property] : object.properties) {
      if (!shows_all && (!shown->contains(name) || has_field<Object>(name))) continue;
      out.key(name);
      describe::write(property, out);
    }
    out.end_object();
  }
  out.end_object();
}

}  // namespace zfsrest::model
