// The writer is ours because the library writes 1.53 as 1.53E0 and has no layout for people.
#include "json/writer.hpp"

namespace zfsrest::json {
namespace {

void write_pretty(const Value& value, const std::string& newline, std::string& out) {
  const std::string inner = newline + "  ";
  if (value.is_object() && !value.get_object().empty()) {
    char separator = '{';
    for (const auto& [key, member] : value.get_object()) {
      out += separator + inner + serialize(Value(key)) + ": ";
      write_pretty(member, inner, out);
      separator = ',';
    }
    out += newline + "}";
  } else if (value.is_array() && !value.get_array().empty()) {
    char separator = '[';
    for (const Value& element : value.get_array()) {
      out += separator + inner;
      write_pretty(element, inner, out);
      separator = ',';
    }
    out += newline + "]";
  } else {
    out += serialize(value);
  }
}

}  // namespace

std::string serialize(const Value& value) {
  std::string out;
  Writer(out).value(value);
  return out;
}

std::string serialize_pretty(const Value& value) {
  std::string out;
  write_pretty(value, "\n", out);
  return out + "\n";
}

std::string pointer_token(std::string_view text) {
  std::string token;
  for (const char c : text) {
    if (c == '~')
      token += "~0";
    else if (c == '/')
      token += "~1";
    else
      token += c;
  }
  return token;
}

}  // namespace zfsrest::json
