// What is told part by part becomes JSON: text, or a value. Both are told in the same way, so that
// what describes itself does so once.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"

namespace zfsrest::json {

// Writes compact text behind what `out` holds, with a comma before what follows another value.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void null() { word("null"); }
  void boolean(bool value) { word(value ? "true" : "false"); }
  void number(std::integral auto value) {
    if constexpr (std::signed_integral<decltype(value)>)
      signed_number(value);
    else
      unsigned_number(value);
  }
  void number(double value);
  void text(std::string_view value);
  void value(const Value& value);

  void begin_object() { open('{'); }
  void key(std::string_view name);
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }

 private:
  void separate();
  void open(char bracket) {
    separate();
    out_ += bracket;
  }
  void word(std::string_view value) {
    separate();
    out_ += value;
  }
  void signed_number(std::int64_t value);
  void unsigned_number(std::uint64_t value);

  std::string& out_;
};

// Makes a value of the same.
class Builder {
 public:
  void null() { put(nullptr); }
  void boolean(bool value) { put(value); }
  void number(std::signed_integral auto value) { put(static_cast<std::int64_t>(value)); }
  void number(std::unsigned_integral auto value) { put(static_cast<std::uint64_t>(value)); }
  void number(double value) { put(value); }
  void text(std::string_view value) { put(Value(value)); }
  void value(Value value) { put(std::move(value)); }

  void begin_object() { open_.push_back({.value = Object(), .key = ""}); }
  void key(std::string_view name) { open_.back().key = name; }
  void end_object() { close(); }
  void begin_array() { open_.push_back({.value = Array(), .key = ""}); }
  void end_array() { close(); }

  Value take() && { return std::move(whole_); }

 private:
  struct Open {
    Value value;
    std::string key;  // of what comes next, in an object
  };
  void put(Value value);
  void close();

  std::vector<Open> open_;
  Value whole_;
};

}  // namespace zfsrest::json
