#include "gateway/accept.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace zfsrest::gateway {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return result;
}

// Calls `visit` with each part of `text` between separators, trimmed.
template <class Visit>
void each_part(std::string_view text, char separator, const Visit& visit) {
  while (true) {
    const std::size_t end = text.find(separator);
    visit(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// One entry of `Accept`.
struct Range {
  std::string type;
  double quality = 1;

  // How exactly it names the type: 3 as it is, 2 by its first half, 1 as anything, 0 not at all.
  int precision_for(std::string_view offer) const {
    if (type == offer) return 3;
    if (type.ends_with("/*") &&
        offer.substr(0, offer.find('/')) == std::string_view(type).substr(0, type.size() - 2))
      return 2;
    return type == "*/*" ? 1 : 0;
  }
};

Range parse_range(std::string_view text) {
  Range range;
  bool first = true;
  each_part(text, ';', [&](std::string_view part) {
    if (first)
      range.type = lower(part);
    else if (lower(part).starts_with("q="))
      std::from_chars(part.data() + 2, part.data() + part.size(), range.quality);
    first = false;
  });
  return range;
}

}  // namespace

std::optional<std::string_view> choose_media_type(const std::vector<std::string_view>& accept,
                                                  const std::vector<std::string_view>& offers) {
  std::vector<Range> ranges;
  for (const std::string_view value : accept)
    each_part(value, ',', [&](std::string_view part) {
      if (!part.empty()) ranges.push_back(parse_range(part));
    });
  if (ranges.empty()) return offers.front();
  std::optional<std::string_view> best;
  double best_quality = 0;
  for (const std::string_view offer : offers) {
    // The most exact entry speaks for a type.
    const auto speaks = std::ranges::max_element(
        ranges, {}, [&](const Range& range) { return range.precision_for(offer); });
    if (speaks->precision_for(offer) == 0 || speaks->quality <= best_quality) continue;
    best = offer;
    best_quality = speaks->quality;
  }
  return best;
}

bool is_json(std::string_view content_type) {
  bool good = true;
  bool first = true;
  each_part(content_type, ';', [&](std::string_view part) {
    const std::string text = lower(part);
    good = good && (first ? text == "application/json"
                          : text == "charset=utf-8" || text == "charset=\"utf-8\"");
    first = false;
  });
  return good;
}

}  // namespace zfsrest::gateway
