#include "model/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "base/base64.hpp"

namespace zfsrest::model {
namespace {

Error refusal(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
}

// Takes a number of so many digits off the beginning of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return {};
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Two numbers of two digits each, with a colon between them.
std::optional<std::chrono::minutes> take_hours_and_minutes(std::string_view& text) {
  constexpr int most_hours = 23;
  constexpr int most_minutes = 59;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > most_hours || !take(text, ':')) return {};
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > most_minutes) return {};
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return {};
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return {};
  const auto day = take_number(text, 2);
  if (!day) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return {};
  return std::chrono::sys_days(date);
}

// RFC 3339 without fractions of a second; a leap second is none of this clock's.
std::optional<std::chrono::sys_seconds> parse_time(std::string_view text) {
  constexpr int most_seconds = 59;
  const auto date = take_date(text);
  if (!date || !take(text, 'T')) return {};
  const auto minutes = take_hours_and_minutes(text);
  if (!minutes || !take(text, ':')) return {};
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > most_seconds || text.empty()) return {};
  const auto local = *date + *minutes + std::chrono::seconds(*seconds);
  if (text == "Z") return local;
  const bool is_behind = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return {};
  const auto offset = take_hours_and_minutes(text);
  if (!offset || !text.empty()) return {};
  return is_behind ? local + *offset : local - *offset;
}

}  // namespace

Result<Guid> Guid::parse(std::string_view text) {
  Guid guid;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, guid.value);
  if (error != std::errc() || stop != end)
    return refusal("a guid is a decimal number of at most 64 bits");
  return guid;
}

describe::TextShape Guid::shape() {
  return {.name = "Guid",
          .pattern = "^[0-9]{1,20}$",
          .max_bytes = 20,
          .doc = "A 64-bit identity as a decimal string.",
          .example = "15446181394178113234"};
}

Time now() {
  return {static_cast<std::uint64_t>(
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()))};
}

// Whoever sends a stream says when its snapshot was made. What the format has no year for is
// written as the last second that it has.
std::string Time::text() const {
  constexpr std::uint64_t last_second = 253'402'300'799;
  const auto shown = static_cast<std::time_t>(std::min(seconds, last_second));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(shown));
}

Result<Time> Time::parse(std::string_view text) {
  using namespace std::chrono;
  const auto parsed = parse_time(text);
  if (!parsed || *parsed < sys_seconds())
    return refusal(
        "a time is written as RFC 3339 has it, whole seconds since 1970: 2026-11-23T15:08:33Z");
  return Time{static_cast<std::uint64_t>(parsed->time_since_epoch().count())};
}

describe::TextShape Time::shape() {
  return {.name = "Time",
          .pattern =
              "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
              "(Z|[+-][0-9]{2}:[0-9]{2})$",
          .doc = "A time as RFC 3339 writes it; answers have it in UTC.",
          .example = "2026-11-23T15:08:33Z"};
}

Result<Cursor> Cursor::parse(std::string_view text) {
  constexpr std::size_t most = std::size_t{16} * 1024;
  if (text.empty() || text.size() > most) return refusal("not a cursor that this API gave out");
  return Cursor{std::string(text)};
}

describe::TextShape Cursor::shape() {
  return {.name = "Cursor",
          .doc = "Where the next page begins; opaque, to be handed back as it is.",
          .example = ""};
}

std::string Bytes::text() const {
  return base64url(bytes);
}

Result<Bytes> Bytes::parse(std::string_view text) {
  auto bytes = parse_base64url(text);
  if (!bytes) return refusal("not base64url without padding");
  return Bytes{*std::move(bytes)};
}

describe::TextShape Bytes::shape() {
  return {.name = "Bytes",
          .pattern = "^[A-Za-z0-9_-]*$",
          .doc = "Bytes in base64url without padding.",
          .example = "_-Bib290"};
}

Result<DevicePath> DevicePath::parse(std::string_view text) {
  constexpr std::size_t most =
      1023;  // the kernel's MAXPATHLEN for labels is larger; tools choke on more
  if (!text.starts_with('/')) return refusal("a device is named by its absolute path");
  if (text.size() > most) return refusal(fmt::format("a path may have at most {} bytes", most));
  if (std::ranges::any_of(text,
                          [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
    return refusal("a path may not hold control characters");
  for (std::string_view rest = text.substr(1);;) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..")
      return refusal("a path may not hold empty parts, \".\" or \"..\"");
    if (slash == std::string_view::npos) return DevicePath{std::string(text)};
    rest.remove_prefix(slash + 1);
  }
}

describe::TextShape DevicePath::shape() {
  return {.name = "DevicePath",
          .pattern = "^/",
          .max_bytes = 1023,
          .doc = "The absolute path of a device or file.",
          .example = "/dev/disk/by-id/nvme-eui.002538b"};
}

}  // namespace zfsrest::model
