// Small values in the form in which the API writes them.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "describe/schema.hpp"

namespace zfsrest::model {

// A 64-bit identity (the guid of a pool, vdev, dataset or snapshot), written as a decimal string,
// because many readers of JSON keep only 53 bits of a number.
struct Guid {
  std::uint64_t value = 0;

  std::string text() const { return std::to_string(value); }
  static Result<Guid> parse(std::string_view text);
  static describe::TextShape shape();
};

// Seconds since 1970, written as RFC 3339 in UTC: 2026-11-23T15:08:33Z.
struct Time {
  std::uint64_t seconds = 0;

  std::string text() const;
  static Result<Time> parse(std::string_view text);
  static describe::TextShape shape();
};

// The time of day.
Time now();

// Where the next page of a list begins; its content is the agent's own affair.
struct Cursor {
  std::string token;

  const std::string& text() const { return token; }
  static Result<Cursor> parse(std::string_view text);
  static describe::TextShape shape();
};

// Any bytes, written in base64url (RFC 4648, section 5) without padding.
struct Bytes {
  std::string bytes;

  std::string text() const;
  static Result<Bytes> parse(std::string_view text);
  static describe::TextShape shape();
};

// An absolute path of a device or file, without `.`, `..`, empty parts or control characters.
struct DevicePath {
  std::string path;

  const std::string& text() const { return path; }
  static Result<DevicePath> parse(std::string_view text);
  static describe::TextShape shape();
  friend auto operator<=>(const DevicePath&, const DevicePath&) = default;
};

}  // namespace zfsrest::model
