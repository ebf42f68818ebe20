#include "api/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace zfsrest::test {
namespace {

bool is_type(const json::Value& value, std::string_view type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_bool();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  return type == "number" && value.is_number();
}

class Validator {
 public:
  explicit Validator(const json::Object& document) : document_(document) {}

  std::string check(const json::Value& value, const json::Object& schema,
                    const std::string& where) const {
    for (const auto& [key, rule] : schema) {
      std::string mismatch = check_keyword(key, rule, value, schema, where);
      if (!mismatch.empty()) return mismatch;
    }
    return "";
  }

 private:
  std::string check_keyword(std::string_view key, const json::Value& rule, const json::Value& value,
                            const json::Object& schema, const std::string& where) const {
    constexpr std::array<std::string_view, 4> annotations{"description", "examples", "writeOnly",
                                                          "pattern"};
    if (std::ranges::find(annotations, key) != annotations.end() || key.starts_with("x-"))
      return "";
    if (key == "$ref") return check(value, resolve(schema, document_), where);
    if (key == "type") return check_type(rule, value, where);
    if (key == "enum") return check_enum(rule.as_array(), value, where);
    if (key == "const") return value == rule ? "" : fmt::format("{}: not the constant", where);
    if (key == "minimum") return check_minimum(rule, value, where);
    if (key == "maxLength") return check_length(rule, value, where);
    if (key == "items") return check_items(rule.as_object(), value, where);
    if (key == "properties") return check_properties(rule.as_object(), value, where);
    if (key == "required") return check_required(rule.as_array(), value, where);
    if (key == "additionalProperties") return check_others(rule, value, schema, where);
    if (key == "anyOf" || key == "oneOf") return check_choices(key, rule.as_array(), value, where);
    return fmt::format("{}: the schema has an unknown keyword {}", where, key);
  }

  static std::string check_type(const json::Value& rule, const json::Value& value,
                                const std::string& where) {
    const auto fits = [&](const json::Value& type) {
      return is_type(value, json::view(type.as_string()));
    };
    const bool good = rule.is_string() ? fits(rule) : std::ranges::any_of(rule.as_array(), fits);
    return good ? ""
                : fmt::format("{}: {} is not of type {}", where, json::serialize(value),
                              json::serialize(rule));
  }

  static std::string check_enum(const json::Array& words, const json::Value& value,
                                const std::string& where) {
    const bool known = std::ranges::find(words, value) != words.end();
    return known ? ""
                 : fmt::format("{}: {} is not in the enumeration", where, json::serialize(value));
  }

  static std::string check_minimum(const json::Value& rule, const json::Value& value,
                                   const std::string& where) {
    if (!value.is_number() || value.to_number<double>() >= rule.to_number<double>()) return "";
    return fmt::format("{}: {} is too small", where, json::serialize(value));
  }

  static std::string check_length(const json::Value& rule, const json::Value& value,
                                  const std::string& where) {
    if (!value.is_string() || value.get_string().size() <= rule.to_number<std::size_t>()) return "";
    return fmt::format("{}: the text is too long", where);
  }

  std::string check_items(const json::Object& rule, const json::Value& value,
                          const std::string& where) const {
    if (!value.is_array()) return "";
    std::size_t index = 0;
    for (const json::Value& item : value.get_array()) {
      std::string mismatch = check(item, rule, fmt::format("{}/{}", where, index++));
      if (!mismatch.empty()) return mismatch;
    }
    return "";
  }

  std::string check_properties(const json::Object& rule, const json::Value& value,
                               const std::string& where) const {
    if (!value.is_object()) return "";
    for (const auto& [key, schema] : rule) {
      const json::Value* member = value.get_object().if_contains(key);
      if (!member) continue;
      std::string mismatch =
          check(*member, schema.as_object(), fmt::format("{}/{}", where, std::string_view(key)));
      if (!mismatch.empty()) return mismatch;
    }
    return "";
  }

  static std::string check_required(const json::Array& keys, const json::Value& value,
                                    const std::string& where) {
    if (!value.is_object()) return "";
    for (const json::Value& key : keys)
      if (!value.get_object().contains(key.as_string()))
        return fmt::format("{}: {} is missing", where, json::serialize(key));
    return "";
  }

  std::string check_others(const json::Value& rule, const json::Value& value,
                           const json::Object& schema, const std::string& where) const {
    if (!value.is_object()) return "";
    const json::Value* known = schema.if_contains("properties");
    for (const auto& [key, member] : value.get_object()) {
      if (known && known->as_object().contains(key)) continue;
      const std::string here = fmt::format("{}/{}", where, std::string_view(key));
      if (rule.is_bool() && !rule.get_bool()) return here + ": an undeclared key";
      if (!rule.is_object()) continue;
      std::string mismatch = check(member, rule.as_object(), here);
      if (!mismatch.empty()) return mismatch;
    }
    return "";
  }

  std::string check_choices(std::string_view key, const json::Array& choices,
                            const json::Value& value, const std::string& where) const {
    std::size_t fitting = 0;
    std::string reasons;
    for (const json::Value& choice : choices) {
      const std::string mismatch = check(value, choice.as_object(), where);
      if (mismatch.empty()) ++fitting;
      reasons += " (" + mismatch + ")";
    }
    if (fitting == 1 || (fitting > 1 && key == "anyOf")) return "";
    return fmt::format("{}: {} of the choices fit{}", where, fitting, reasons);
  }

  const json::Object& document_;
};

std::string lower(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(c | 0x20);
  return text;
}

std::string find_mismatch_of_lines(std::string_view body, const json::Object& schema,
                                   const json::Object& document) {
  for (std::size_t line = 0; !body.empty(); ++line) {
    const std::size_t end = body.find('\n');
    if (end == body.npos) return "the last line has no end";
    auto value = json::parse(body.substr(0, end));
    if (!value.ok()) return fmt::format("line {}: {}", line, value.error().detail);
    std::string mismatch =
        Validator(document).check(value.value(), schema, fmt::format("line {}", line));
    if (!mismatch.empty()) return mismatch;
    body.remove_prefix(end + 1);
  }
  return "";
}

}  // namespace

const json::Object& resolve(const json::Object& schema, const json::Object& document) {
  const json::Value* reference = schema.if_contains("$ref");
  if (!reference) return schema;
  const std::string_view path = json::view(reference->as_string());
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return resolve(
      document.at("components").as_object().at("schemas").as_object().at(name).as_object(),
      document);
}

std::string find_mismatch(const json::Value& value, const json::Object& schema,
                          const json::Object& document) {
  return Validator(document).check(value, schema, "");
}

std::string find_mismatch(const json::Value& value, std::string_view schema_name,
                          const json::Object& document) {
  return find_mismatch(
      value, json::Object{{"$ref", "#/components/schemas/" + std::string(schema_name)}}, document);
}

std::string find_mismatch(std::string_view body, const Contract& contract,
                          const json::Object& document) {
  const json::Object& operation = document.at("paths")
                                      .as_object()
                                      .at(contract.operation.path)
                                      .as_object()
                                      .at(lower(api::word_of(contract.operation.method)))
                                      .as_object();
  const json::Value* answer =
      operation.at("responses").as_object().if_contains(std::to_string(contract.status));
  if (!answer) return fmt::format("the status {} is not declared", contract.status);
  const json::Value* content = answer->as_object().if_contains("content");
  if (!content) return body.empty() ? "" : "a body is not declared";
  const json::Value* form = content->as_object().if_contains(contract.media_type);
  if (!form) return fmt::format("the media type \"{}\" is not declared", contract.media_type);
  const json::Object& schema = form->as_object().at("schema").as_object();
  // A stream is judged by what receives it.
  if (contract.media_type == "application/octet-stream") return "";
  if (contract.media_type == "application/x-ndjson")
    return find_mismatch_of_lines(body, schema, document);
  const auto value = json::parse(body);
  return value.ok() ? find_mismatch(value.value(), schema, document) : value.error().detail;
}

}  // namespace zfsrest::test
