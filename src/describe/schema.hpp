// JSON Schema (2020-12, as OpenAPI 3.1 embeds it) of the described types.
#pragma once

#include <string>
#include <string_view>

#include "json/value.hpp"

namespace zfsrest::describe {

// The named schemas that others point to; they become `components.schemas`.
class Schemas {
 public:
  bool known(std::string_view name) const { return named_.contains(name); }
  // Reserves the name first, so that a type may contain itself.
  void reserve(std::string_view name) { named_[name] = json::Object{}; }
  void define(std::string_view name, json::Object schema) { named_[name] = std::move(schema); }
  const json::Object& all() const { return named_; }

  static json::Object reference(std::string_view name) {
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
  }

 private:
  json::Object named_;
};

// What a type that is written as text says about its shape.
struct TextShape {
  std::string_view name;     // of its schema
  std::string_view pattern;  // an ECMA-262 regular expression, or empty
  std::size_t max_bytes = 0;
  std::string_view doc;
  std::string_view example;
};

}  // namespace zfsrest::describe
