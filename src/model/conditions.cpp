#include "model/conditions.hpp"

#include <algorithm>
#include <optional>

namespace zfsrest::model {
namespace {

bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

struct EntityTag {
  std::string opaque;
  bool is_weak;
};

// Takes an entity tag off the beginning.
std::optional<EntityTag> take_tag(std::string_view& text) {
  const bool is_weak = text.starts_with("W/");
  if (is_weak) text.remove_prefix(2);
  if (!text.starts_with('"')) return {};
  const std::size_t end = text.find('"', 1);
  if (end == std::string_view::npos) return {};
  const std::string_view opaque = text.substr(1, end - 1);
  if (!std::ranges::all_of(opaque, is_visible)) return {};
  text.remove_prefix(end + 1);
  return EntityTag{std::string(opaque), is_weak};
}

}  // namespace

Error bad_header_field(std::string_view field, const std::string& why) {
  return {.code = Code::bad_request,
          .detail = why,
          .faults = {{.in = "header", .pointer = "/" + std::string(field), .detail = why}}};
}

Result<IdempotencyKey> IdempotencyKey::parse(std::string_view text) {
  constexpr std::size_t most = 255;
  if (text.empty() || text.size() > most || !std::ranges::all_of(text, is_visible))
    return bad_header_field("Idempotency-Key", "a key is 1 to 255 visible ASCII characters");
  return IdempotencyKey{std::string(text)};
}

bool IfMatch::admits(std::string_view tag) const {
  return is_any || std::ranges::find(tags, tag) != tags.end();
}

Result<IfMatch> IfMatch::parse(std::string_view text) {
  const Error bad =
      bad_header_field("If-Match", "this is `*`, or entity tags, each between quotes");
  IfMatch match{.text = std::string(text)};
  skip_blanks(text);
  if (text.starts_with('*')) {
    match.is_any = true;
    text.remove_prefix(1);
    skip_blanks(text);
    if (!text.empty()) return bad;
    return match;
  }
  bool has_some = false;
  while (!text.empty()) {
    if (text.starts_with(',')) {
      text.remove_prefix(1);
      skip_blanks(text);
      continue;
    }
    auto tag = take_tag(text);
    if (!tag) return bad;
    has_some = true;
    if (!tag->is_weak) match.tags.push_back(std::move(tag->opaque));
    skip_blanks(text);
    if (!text.empty() && !text.starts_with(',')) return bad;
  }
  if (!has_some) return bad;
  return match;
}

}  // namespace zfsrest::model
