#include "gateway/target.hpp"

#include <optional>

#include "base/utf8.hpp"

namespace zfsrest::gateway {
namespace {

enum class Plus { literal, blank };

Error refusal(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
}

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return {};
}

Result<std::string> decode(std::string_view raw, Plus plus) {
  std::string text;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+' && plus == Plus::blank) {
      text += ' ';
    } else if (raw[i] != '%') {
      text += raw[i];
    } else {
      if (raw.size() - i < 3) return refusal("the request target ends within a percent-encoding");
      const auto first = digit(raw[i + 1]);
      const auto second = digit(raw[i + 2]);
      if (!first || !second) return refusal("the request target holds a broken percent-encoding");
      text += static_cast<char>(*first * 16 + *second);
      i += 2;
    }
  }
  if (!is_utf8(text)) return refusal("the request target is not UTF-8 when decoded");
  return text;
}

Result<Nothing> parse_query(std::string_view raw, Target& target) {
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(raw.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::string name = TRY(decode(pair.substr(0, equals), Plus::blank));
    std::string value = equals == std::string_view::npos
                            ? std::string()
                            : TRY(decode(pair.substr(equals + 1), Plus::blank));
    if (!target.query.emplace(name, std::move(value)).second)
      target.repeated.insert(std::move(name));
  }
  return Nothing{};
}

}  // namespace

Result<Target> parse_target(std::string_view raw) {
  Target target;
  const std::size_t mark = raw.find('?');
  if (mark != std::string_view::npos) TRY(parse_query(raw.substr(mark + 1), target));
  std::string_view path = raw.substr(0, mark);
  if (!path.starts_with('/')) return refusal("the request target is no path");
  do {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    std::string text = TRY(decode(segment, Plus::literal));
    if (text.empty() || text == "." || text == "..")
      return refusal(
          "the path has a segment that is empty, \".\" or \"..\"; a name is one segment, with its "
          "\"/\" written as %2F");
    target.segments.push_back(std::move(text));
  } while (!path.empty());
  return target;
}

}  // namespace zfsrest::gateway
