// The writer. It is ours because the library writes 1.53 as 1.53E0 and has no layout for people.
#include <fmt/format.h>

#include <iterator>

#include "json/value.hpp"

namespace zfsrest::json {
namespace {

void write_string(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        else
          out += c;
    }
  }
  out += '"';
}

// What was written with a fraction or an exponent is still that when it is read again.
void write_double(double value, std::string& out) {
  const std::string text = fmt::format("{}", value);
  out += text;
  if (text.find_first_of(".en") == std::string::npos) out += ".0";
}

void write_scalar(const Value& value, std::string& out) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      break;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      break;
    case boost::json::kind::int64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_int64());
      break;
    case boost::json::kind::uint64:
      fmt::format_to(std::back_inserter(out), "{}", value.get_uint64());
      break;
    case boost::json::kind::double_:
      write_double(value.get_double(), out);
      break;
    case boost::json::kind::string:
      write_string(view(value.get_string()), out);
      break;
    case boost::json::kind::array:
      out += "[]";
      break;
    case boost::json::kind::object:
      out += "{}";
      break;
  }
}

// Where lines break and how far they are indented; compact text has neither.
struct Layout {
  std::string_view colon;
  std::string newline;
  std::string_view step;

  Layout deeper() const {
    return {colon, newline.empty() ? "" : newline + std::string(step), step};
  }
};

void write(const Value& value, const Layout& layout, std::string& out) {
  const Layout inner = layout.deeper();
  if (value.is_object() && !value.get_object().empty()) {
    char separator = '{';
    for (const auto& [key, member] : value.get_object()) {
      out += separator + inner.newline;
      write_string({key.data(), key.size()}, out);
      out += inner.colon;
      write(member, inner, out);
      separator = ',';
    }
    out += layout.newline + "}";
  } else if (value.is_array() && !value.get_array().empty()) {
    char separator = '[';
    for (const Value& element : value.get_array()) {
      out += separator + inner.newline;
      write(element, inner, out);
      separator = ',';
    }
    out += layout.newline + "]";
  } else {
    write_scalar(value, out);
  }
}

}  // namespace

std::string serialize(const Value& value) {
  std::string out;
  write(value, {.colon = ":", .newline = "", .step = ""}, out);
  return out;
}

std::string serialize_pretty(const Value& value) {
  std::string out;
  write(value, {.colon = ": ", .newline = "\n", .step = "  "}, out);
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
