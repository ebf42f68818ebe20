// JSON values and text: the only room that names the JSON library.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory_resource>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace zfsrest::json {

using Array = boost::json::array;
using Object = boost::json::object;
using String = boost::json::string;
using Value = boost::json::value;

// How deep arrays and objects may nest in what a caller sends.
inline constexpr std::size_t max_depth = 32;

// Parses one JSON text strictly. Beyond the grammar it refuses a key that stands twice in one
// object, an integer that does not fit 64 bits, a number too large for a double, invalid UTF-8, and
// anything nested deeper than `max_depth`. The error says where, and repeats no value, which may be
// key material; what the grammar permits is blamed by its pointer.
Result<Value> parse(std::string_view text);
// The same with all that is made of the text in `memory`, which must free nothing before it goes.
Result<Value> parse(std::string_view text, std::pmr::memory_resource& memory,
                    std::size_t depth = max_depth);

// Compact text; doubles in the shortest form that reads back the same.
std::string serialize(const Value& value);

// Text for people to read and for `diff` to compare: two spaces of indent, one member a line.
std::string serialize_pretty(const Value& value);

// `text` as one token of a JSON pointer (RFC 6901): `~` and `/` escaped.
std::string pointer_token(std::string_view text);

inline std::string_view view(const String& text) {
  return {text.data(), text.size()};
}

}  // namespace zfsrest::json
