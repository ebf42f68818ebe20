#include "base/release.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <system_error>

namespace zfsrest {
namespace {

void drop_prefix(std::string_view& text, std::string_view prefix) {
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
}

// Takes a number off the front of `text`.
std::optional<int> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<int> take_dot_and_number(std::string_view& text) {
  if (!text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  return take_number(text);
}

}  // namespace

Result<Release> Release::parse(std::string_view text) {
  std::string_view rest = text;
  drop_prefix(rest, "zfs-");
  drop_prefix(rest, "kmod-");
  const auto major = take_number(rest);
  const auto minor = take_dot_and_number(rest);
  if (!major || !minor)
    return Error::of(Code::bad_request, fmt::format("`{}` is no release of OpenZFS.", text));
  return Release{*major, *minor, take_dot_and_number(rest).value_or(0)};
}

std::string to_string(Release release) {
  return release.patch == 0 ? fmt::format("{}.{}", release.major, release.minor)
                            : fmt::format("{}.{}.{}", release.major, release.minor, release.patch);
}

}  // namespace zfsrest
