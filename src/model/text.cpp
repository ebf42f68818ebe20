#include "model/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace zfsrest::model {
namespace {

Error refusal(std::string why) {
  return Error::of(Code::bad_request, std::move(why));
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

std::string Time::text() const {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Result<Time> Time::parse(std::string_view) {
  return refusal("times are only ever written, not read");
}

describe::TextShape Time::shape() {
  return {.name = "Time",
          .doc = "A time in UTC as RFC 3339 writes it.",
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
