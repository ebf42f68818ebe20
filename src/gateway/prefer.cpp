#include "gateway/prefer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

#include "http/ascii.hpp"

namespace zfsrest::gateway {
namespace {

// The seconds of `wait=N`, if it is that; what follows a semicolon belongs to it and says nothing.
std::optional<std::uint32_t> parse_wait(std::string_view preference) {
  constexpr std::string_view name = "wait";
  preference = http::trim_blanks(preference.substr(0, preference.find(';')));
  const std::size_t equals = preference.find('=');
  if (equals == std::string_view::npos) return {};
  if (!http::equal_ignoring_case(http::trim_blanks(preference.substr(0, equals)), name)) return {};
  const std::string_view number = http::trim_blanks(preference.substr(equals + 1));
  std::uint32_t seconds = 0;
  const char* const end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, seconds);
  if (number.empty() || stop != end) return {};
  // A number that is larger still means long.
  if (error == std::errc::result_out_of_range) return std::numeric_limits<std::uint32_t>::max();
  return error == std::errc() ? std::optional(seconds) : std::nullopt;
}

}  // namespace

std::chrono::seconds wait_of(const std::vector<std::string_view>& values) {
  for (std::string_view value : values) {
    while (true) {
      const std::size_t comma = value.find(',');
      // The first of several counts.
      if (const auto seconds = parse_wait(value.substr(0, comma)))
        return std::min(std::chrono::seconds(*seconds), longest_wait);
      if (comma == std::string_view::npos) break;
      value.remove_prefix(comma + 1);
    }
  }
  return std::chrono::seconds(0);
}

}  // namespace zfsrest::gateway
