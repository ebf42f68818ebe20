#include "json/writer.hpp"

#include <charconv>

namespace zfsrest::json {
namespace {

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

void escape(char c, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) / 16];
      out += digits[static_cast<unsigned char>(c) % 16];
  }
}

void write_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out += text.substr(0, plain);
    if (plain == text.size()) break;
    escape(text[plain], out);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

// Long enough for any integer and any double in its shortest form.
using Digits = std::array<char, 32>;

template <class Number>
void write_number(Number number, std::string& out) {
  Digits digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  out.append(digits.begin(), end);
}

}  // namespace

// A value ends with a quote, a bracket, a digit or a letter, whatever it is, and only what begins
// one with these.
void Writer::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':' && last != '\n') out_ += ',';
}

void Writer::text(std::string_view value) {
  separate();
  write_string(value, out_);
}

void Writer::key(std::string_view name) {
  text(name);
  out_ += ':';
}

void Writer::signed_number(std::int64_t value) {
  separate();
  write_number(value, out_);
}

void Writer::unsigned_number(std::uint64_t value) {
  separate();
  write_number(value, out_);
}

// What was written with a fraction or an exponent is still that when it is read again.
void Writer::number(double value) {
  separate();
  const std::size_t begin = out_.size();
  write_number(value, out_);
  if (out_.find_first_of(".en", begin) == std::string::npos) out_ += ".0";
}

void Writer::value(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return null();
    case boost::json::kind::bool_:
      return boolean(value.get_bool());
    case boost::json::kind::int64:
      return number(value.get_int64());
    case boost::json::kind::uint64:
      return number(value.get_uint64());
    case boost::json::kind::double_:
      return number(value.get_double());
    case boost::json::kind::string:
      return text(view(value.get_string()));
    case boost::json::kind::array:
      begin_array();
      for (const Value& element : value.get_array()) this->value(element);
      return end_array();
    case boost::json::kind::object:
      begin_object();
      for (const auto& [name, member] : value.get_object()) {
        key({name.data(), name.size()});
        this->value(member);
      }
      return end_object();
  }
}

void Builder::put(Value value) {
  if (open_.empty())
    whole_ = std::move(value);
  else if (Array* array = open_.back().value.if_array())
    array->push_back(std::move(value));
  else
    open_.back().value.get_object()[open_.back().key] = std::move(value);
}

void Builder::close() {
  Value value = std::move(open_.back().value);
  open_.pop_back();
  put(std::move(value));
}

}  // namespace zfsrest::json
