#include <algorithm>
#include <array>

#include "agent/prepare.hpp"
#include "api/catalogue.hpp"

namespace zfsrest::agent {
namespace {

template <class... Op>
constexpr auto entries_of(api::List<Op...>) {
  return std::array{Entry{&Op::operation, &prepare<Op>, actions_of<Op>()}...};
}

constexpr auto entries = entries_of(api::AgentCatalogue{});

}  // namespace

const Entry* find_entry(std::string_view operation_id) {
  const auto found = std::ranges::find_if(
      entries, [&](const Entry& entry) { return entry.operation->id == operation_id; });
  return found == entries.end() ? nullptr : &*found;
}

std::string encode_segment(std::string_view name) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  // What a path segment may hold as it is (RFC 3986), of what names may hold; `@` and `:` are among
  // it.
  constexpr std::string_view kept = "-._~@:";
  std::string text;
  for (const char c : name) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_plain || kept.find(c) != std::string_view::npos) {
      text += c;
    } else {
      text += '%';
      text += digits[static_cast<unsigned char>(c) >> 4];
      text += digits[static_cast<unsigned char>(c) & 0xf];
    }
  }
  return text;
}

}  // namespace zfsrest::agent
