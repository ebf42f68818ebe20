// Looking up one value among properties, be they shown or to be set.
#pragma once

#include <cstdint>
#include <string>

#include "model/property_json.hpp"

namespace zfsrest::model {

inline const PropertyValue* value_in(const Property& property) {
  return &property.value;
}
inline const PropertyValue* value_in(const PropertyValue& value) {
  return &value;
}

// The value of that property if it is there and is a T, else null.
template <class T, class Map>
const T* find_value(const Map& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? nullptr : std::get_if<T>(value_in(found->second));
}

template <class Map>
std::string text_of(const Map& properties, const char* name) {
  const auto* text = find_value<std::string>(properties, name);
  return text ? *text : std::string();
}

template <class Map>
std::uint64_t number_of(const Map& properties, const char* name) {
  const auto* number = find_value<std::uint64_t>(properties, name);
  return number ? *number : 0;
}

}  // namespace zfsrest::model
