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

inline constexpr std::size_t max_depth = 32;
inline constexpr std::size_t max_values = 65'536;
inline constexpr std::size_t max_keys = 4'096;

// What a caller's text may be beyond its length: a value takes thirty times the two bytes that it
// can be written with.
struct Bounds {
  std::size_t depth = max_depth;    // of nested arrays and objects
  std::size_t values = max_values;  // arrays and objects included
  std::size_t keys = max_keys;      // of one object
};

// Parses one JSON text strictly. Beyond the grammar it refuses a key that stands twice in one
// object, an integer that does not fit 64 bits, a number too large for a double, invalid UTF-8, and
// anything nested deeper than the usual bound. The error says where, and repeats no value, which
// may be key material; what the grammar permits is blamed by its pointer.
Result<Value> parse(std::string_view text);
// The same within bounds, with all that is made of the text in `memory`, which must free nothing
// before it goes.
Result<Value> parse(std::string_view text, std::pmr::memory_resource& memory,
                    const Bounds& bounds = {});
// The same without making the values: whether the text is an object. What it needs while it looks
// is in `memory`.
Result<bool> is_object(std::string_view text, std::pmr::memory_resource& memory,
                       const Bounds& bounds = {});

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
