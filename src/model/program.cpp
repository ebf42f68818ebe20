#include "model/program.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace zfsrest::describe {

using model::ProgramArguments;

namespace {

bool holds_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

bool check_text(std::string_view text, const Spot& spot) {
  if (!holds_nul(text)) return true;
  spot.fault("a text may not hold a NUL, at which the kernel would end it");
  return false;
}

bool check_array(const json::Array& array, const Spot& spot) {
  bool good = true;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const Spot element = spot.index(i);
    if (array[i].kind() != array.front().kind()) {
      element.fault("the elements of an array are all strings or all integers");
      good = false;
    } else if (array[i].is_string()) {
      good = check_text(json::view(array[i].get_string()), element) && good;
    } else if (!array[i].is_int64()) {
      element.fault("the elements of an array are strings or integers of 64 bits with sign");
      good = false;
    }
  }
  return good;
}

bool check_object(const json::Object& object, const Spot& spot, std::size_t depth);

bool check_value(const json::Value& value, const Spot& spot, std::size_t depth) {
  if (value.is_bool() || value.is_int64()) return true;
  if (value.is_string()) return check_text(json::view(value.get_string()), spot);
  if (value.is_array()) return check_array(value.get_array(), spot);
  if (value.is_object()) return check_object(value.get_object(), spot, depth);
  spot.fault(value.is_null()     ? "null cannot be handed over; leave the key out"
             : value.is_double() ? "ZFS has no fractions; only integers can be handed over"
                                 : "the integer does not fit 64 bits with a sign");
  return false;
}

bool check_object(const json::Object& object, const Spot& spot, std::size_t depth) {
  if (depth > model::deepest_arguments) {
    spot.fault(fmt::format("arguments may nest {} deep", model::deepest_arguments));
    return false;
  }
  bool good = true;
  for (const auto& [key, value] : object) {
    const Spot member = spot.key(key);
    if (holds_nul(key)) {
      member.fault("a key may not hold a NUL");
      good = false;
    }
    good = check_value(value, member, depth + 1) && good;
  }
  return good;
}

}  // namespace

std::optional<ProgramArguments> Codec<ProgramArguments>::decode(const json::Value& value,
                                                                const Spot& spot) {
  if (!value.is_object()) {
    fault_kind(spot, "an object", value);
    return {};
  }
  if (!check_object(value.get_object(), spot, 1)) return {};
  return ProgramArguments{value.get_object()};
}

json::Object Codec<ProgramArguments>::schema(Schemas&) {
  return {{"type", "object"}};
}

}  // namespace zfsrest::describe
