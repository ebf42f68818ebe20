// Checks of a declaration that the compiler makes: a slip in one does not build.
#pragma once

#include <string_view>

#include "api/operation.hpp"
#include "describe/codec.hpp"

namespace zfsrest::api {

constexpr bool is_sentence(std::string_view text) {
  return text.ends_with('.') && text.size() > 4;
}

// Each `{name}` of the path is a required field, every text is a sentence, no errno has two rules,
// and key material travels in bodies only.
template <class Op>
consteval bool well_declared() {
  constexpr const Operation& operation = Op::operation;
  bool good = is_sentence(operation.summary) && operation.id.find('.') != std::string_view::npos;
  good = good && (operation.description.empty() || is_sentence(operation.description));
  for (const ErrnoRule& rule : operation.errors) {
    good = good && is_sentence(rule.meaning);
    // Of two rules for one number the second would never be found.
    for (const ErrnoRule* before = operation.errors.begin(); before != &rule; ++before)
      good = good && before->os_errno != rule.os_errno;
  }

  std::size_t placeholders = 0;
  for (const char c : operation.path) placeholders += c == '{';
  std::size_t in_path = 0;
  describe::each_field<typename Op::Request>([&](const auto& field) {
    good = good && is_sentence(field.doc);
    const bool has_body = operation.method == Method::post || operation.method == Method::patch;
    if (describe::is_secret<std::remove_cvref_t<decltype(field)>>)
      good = good && has_body && field.place == describe::Place::natural &&
             !path_names(operation.path, field.name);
    if (!path_names(operation.path, field.name)) return;
    ++in_path;
    good = good && field.presence == describe::Presence::required;
  });
  return good && in_path == placeholders;
}

}  // namespace zfsrest::api
