// print-reference DIRECTORY: writes the reference that is made from the declarations: the OpenAPI
// document, and pages of Markdown.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "api/catalogue.hpp"
#include "api/decode.hpp"
#include "api/openapi.hpp"
#include "base/errno_name.hpp"
#include "config/settings.hpp"
#include "json/value.hpp"

namespace zfsrest::api {
namespace {

constexpr std::string_view generated =
    "<!-- Printed from the declarations by tools/print-reference; do not edit. -->\n\n";

// A type in a word or two, from its schema.
std::string type_phrase(const json::Object& schema) {
  if (const json::Value* reference = schema.if_contains("$ref")) {
    const std::string_view text = json::view(reference->as_string());
    return std::string(text.substr(text.rfind('/') + 1));
  }
  if (const json::Value* items = schema.if_contains("items"))
    return "list of " + type_phrase(items->as_object());
  if (const json::Value* values = schema.if_contains("additionalProperties");
      values && values->is_object())
    return "map of " + type_phrase(values->as_object());
  if (const json::Value* words = schema.if_contains("enum")) {
    const json::Value* later = schema.if_contains("x-values-since");
    std::string phrase;
    for (const json::Value& word : words->as_array()) {
      const std::string text(json::view(word.as_string()));
      phrase += (phrase.empty() ? "`" : ", `") + text + "`";
      if (const json::Value* since = later ? later->as_object().if_contains(text) : nullptr)
        phrase += " (" + std::string(json::view(since->as_string())) + ")";
    }
    return phrase;
  }
  for (const std::string_view key : {"anyOf", "oneOf"})
    if (const json::Value* choices = schema.if_contains(key)) {
      std::string phrase;
      for (const json::Value& choice : choices->as_array())
        phrase += (phrase.empty() ? "" : " or ") + type_phrase(choice.as_object());
      return phrase;
    }
  const json::Value* type = schema.if_contains("type");
  if (!type) return "any";
  if (type->is_string()) return std::string(json::view(type->as_string()));
  std::string phrase;
  for (const json::Value& one : type->as_array())
    phrase += (phrase.empty() ? "" : " or ") + std::string(json::view(one.as_string()));
  return phrase;
}

template <class Op>
std::string fields_table() {
  std::string rows;
  describe::Schemas schemas;
  each_request_field<Op>([&](const auto& field) {
    const Carrier carrier = carrier_of(Op::operation, field);
    rows += fmt::format("| `{}` | {} | {} | {} | {} |\n", field.name, word_of(carrier),
                        type_phrase(carried_schema(carrier, field, schemas)),
                        field.presence == describe::Presence::required ? "yes" : "",
                        describe::doc_of(field));
  });
  return rows.empty() ? rows
                      : "| field | in | type | required | |\n| --- | --- | --- | --- | --- |\n" +
                            rows + "\n";
}

std::string errors_table(const Operation& operation) {
  if (operation.errors.size() == 0) return "";
  std::string rows = "| errno | code | |\n| --- | --- | --- |\n";
  for (const ErrnoRule& rule : operation.errors)
    rows += fmt::format("| {} | `{}` | {} |\n", errno_name(rule.os_errno), row_of(rule.code).word,
                        rule.meaning);
  return rows + "\n";
}

template <class Op>
std::string answer_phrase() {
  constexpr const Operation& operation = Op::operation;
  if constexpr (operation.body == Body::download) {
    return "200, a stream";
  } else if constexpr (operation.success == Success::no_content) {
    return "204, no body";
  } else {
    describe::Schemas schemas;
    std::string phrase = operation.success == Success::created ? "201" : "200";
    if constexpr (operation.form == Form::rows)
      return phrase + ", a page of " + type_phrase(describe::schema<typename Op::Item>(schemas)) +
             "; also as NDJSON";
    return phrase + ", " + type_phrase(describe::schema<typename Op::Response>(schemas));
  }
}

template <class Op>
std::string operation_section() {
  constexpr const Operation& operation = Op::operation;
  std::string text = fmt::format("## {}\n\n`{} {}`\n\n{}", operation.id, word_of(operation.method),
                                 operation.path, operation.summary);
  if (const std::string description = description_of(operation); !description.empty())
    text += " " + description;
  text += fmt::format("\n\nAnswer: {}{}. Role: `{}`. Workers: `{}`.", answer_phrase<Op>(),
                      operation.runs == Runs::at_once || operation.runs == Runs::transfer
                          ? ""
                          : "; 202 with the [job](#jobget) that it goes on as, unless it ends "
                            "while the caller waits (`Prefer: wait=N`)",
                      word_of(operation.role), word_of(operation.lane));
  if (operation.body == Body::upload) text += " The body is a stream, not JSON.";
  if (operation.functions.size() > 0)
    text += fmt::format(" Covers: {}.", fmt::join(operation.functions, ", "));
  return text + "\n\n" + fields_table<Op>() + errors_table(operation);
}

std::string operations_page() {
  std::string page = std::string(generated) + "# Operations\n\n";
  each_operation(Catalogue{}, [&]<class Op>() {
    page += fmt::format(
        "- [{}](#{}): {}\n", Op::operation.id,
        [] {
          std::string anchor;
          for (const char c : Op::operation.id)
            if (c != '.') anchor += c;
          return anchor;
        }(),
        Op::operation.summary);
  });
  page += "\n";
  each_operation(Catalogue{}, [&]<class Op>() { page += operation_section<Op>(); });
  return page;
}

std::string errors_page() {
  std::string page = std::string(generated) +
                     "# Errors\n\nEvery failure is an `application/problem+json` document with one "
                     "of these codes.\n\n"
                     "| code | status | title | |\n| --- | --- | --- | --- |\n";
  for (const CodeRow& row : codes())
    page += fmt::format("| `{}` | {} | {} | {} |\n", row.word, row.status, row.title, row.meaning);
  return page;
}

std::string settings_page() {
  std::string page =
      std::string(generated) +
      "# Settings\n\n"
      "`zfsrestd --config FILE` reads them from a TOML file; a variable of the environment goes "
      "before the file.\n\n"
      "| setting | variable | default | |\n| --- | --- | --- | --- |\n";
  const config::Settings defaults;
  describe::each_field<config::Settings>([&](const auto& field) {
    page +=
        fmt::format("| `{}` | `{}` | `{}` | {} |\n", field.name, config::variable_of(field.name),
                    describe::to_json(defaults.*field.member), field.doc);
  });
  return page;
}

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  return static_cast<bool>(file.flush());
}

}  // namespace

bool print_reference(const std::string& directory) {
  return write(directory + "/openapi.json", json::serialize_pretty(openapi_document())) &&
         write(directory + "/operations.md", operations_page()) &&
         write(directory + "/errors.md", errors_page()) &&
         write(directory + "/settings.md", settings_page());
}

}  // namespace zfsrest::api

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: print-reference DIRECTORY\n");
    return 2;
  }
  return zfsrest::api::print_reference(argv[1]) ? 0 : 1;
}
