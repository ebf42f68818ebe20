#include "http/guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "http/ascii.hpp"
#include "http/hosts.hpp"

namespace zfsrest::http {
namespace {

Refusal bad_framing(std::string detail) {
  return {Code::bad_framing, std::move(detail)};
}

Scan refused(std::string detail) {
  return {.refusal = bad_framing(std::move(detail))};
}

// RFC 9112, 6.1 and 6.3: a coding that we do not know would be a 501, and a last coding that is not
// chunked a 400. Both are the same fault here, an end of the body that is in doubt, so both are a
// 400 and a close.
std::optional<Refusal> settle_transfer_encoding(RequestHead& head) {
  const std::vector<std::string_view> codings = head.values("Transfer-Encoding");
  if (codings.empty()) return std::nullopt;
  if (codings.size() > 1 || !equal_ignoring_case(codings.front(), "chunked"))
    return bad_framing("Transfer-Encoding can only be chunked, once");
  if (head.version != Version::http_1_1)
    return bad_framing("Transfer-Encoding is not part of HTTP/1.0");
  if (head.find("Content-Length"))
    return bad_framing("Transfer-Encoding and Content-Length exclude each other");
  head.chunked = true;
  return std::nullopt;
}

std::optional<Refusal> settle_content_length(RequestHead& head) {
  const std::vector<std::string_view> lengths = head.values("Content-Length");
  if (lengths.empty()) return std::nullopt;
  if (lengths.size() > 1) return bad_framing("more than one Content-Length");
  const std::string_view text = lengths.front();
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size())
    return bad_framing("Content-Length is not a number of bytes");
  head.content_length = length;
  return std::nullopt;
}

// An absent Host is right in HTTP/1.0, where health checkers still leave it out; no browser speaks
// HTTP/1.0, so that nothing is lost against DNS rebinding.
std::optional<Refusal> check_host_field(const RequestHead& head) {
  const std::vector<std::string_view> hosts = head.values("Host");
  if (hosts.size() > 1) return bad_framing("more than one Host");
  if (hosts.empty())
    return head.version == Version::http_1_0 ? std::nullopt : std::optional(bad_framing("no Host"));
  if (!hosts.front().empty() && !find_host_of(hosts.front()))
    return bad_framing("Host is not a host with an optional port");
  return std::nullopt;
}

// Fields of which parsers may take the first or the last; we take neither.
std::optional<Refusal> check_single_fields(const RequestHead& head) {
  constexpr std::array<std::string_view, 3> single{"Authorization", "Content-Type", "Origin"};
  for (const std::string_view name : single)
    if (head.values(name).size() > 1) return bad_framing("more than one " + std::string(name));
  return std::nullopt;
}

// Bodies are never decompressed: a small body that expands without end would pass every limit.
std::optional<Refusal> check_content_encoding(const RequestHead& head) {
  for (const std::string_view coding : head.values("Content-Encoding"))
    if (!equal_ignoring_case(coding, "identity"))
      return Refusal{Code::media_type, "a body cannot have a Content-Encoding"};
  return std::nullopt;
}

}  // namespace

Scan scan_lines(std::string_view text, std::size_t scanned_bytes) {
  for (std::size_t i = scanned_bytes; i < text.size(); ++i) {
    const char before = i > 0 ? text[i - 1] : '\n';
    const char c = text[i];
    if (before == '\r' && c != '\n') return refused("a CR without LF");
    if (is_forbidden_control(c)) return refused("a control character");
    if (is_blank(c) && before == '\n') return refused("a line that begins with a blank");
    if (c != '\n') continue;
    if (before != '\r') return refused("a LF without CR");
    if (i == 1 || (i >= 3 && text[i - 2] == '\n')) return {.length = i + 1};
  }
  return {};
}

Scan scan_chunk_head(std::string_view text, ChunkPlace place) {
  std::size_t at = 0;
  if (place == ChunkPlace::after_chunk) {
    if (!std::string_view("\r\n").starts_with(text.substr(0, 2)))
      return refused("the data of a chunk does not end with CRLF");
    if (text.size() < 2) return {};
    at = 2;
  }

  const std::string_view line = text.substr(at);
  std::size_t digits = 0;
  bool is_last = true;
  for (; digits < line.size() && is_hex_digit(line[digits]); ++digits)
    is_last &= line[digits] == '0';
  if (digits > 16) return refused("the size of a chunk has more than 64 bits");
  if (digits < line.size() &&
      (digits == 0 || std::string_view("\r; \t").find(line[digits]) == std::string_view::npos))
    return refused("the size of a chunk is not a hexadecimal number");

  for (std::size_t i = digits; i < line.size(); ++i) {
    if (i >= max_chunk_line_bytes) return refused("the line of a chunk is too long");
    if (is_forbidden_control(line[i])) return refused("a control character in the line of a chunk");
    if (line[i] == '\n' && line[i - 1] != '\r')
      return refused("a LF without CR in the line of a chunk");
    if (line[i] != '\n' && line[i - 1] == '\r')
      return refused("a CR without LF in the line of a chunk");
    if (line[i] != '\n') continue;
    if (!is_last) return {.length = at + i + 1};

    Scan trailers = scan_lines(line.substr(i + 1), 0);
    if (trailers.length.value_or(line.size() - i - 1) > max_trailer_bytes)
      return refused("the trailers are too long");
    if (trailers.length) *trailers.length += at + i + 1;
    return trailers;
  }
  return {};
}

std::optional<Refusal> ChunkOverhead::account(std::size_t framing_bytes, std::uint64_t data_bytes) {
  constexpr std::uint64_t free_bytes_per_chunk = 16;
  constexpr std::uint64_t max_excess_bytes = std::uint64_t{16} * 1024;
  excess_bytes_ += framing_bytes;
  // The size of a chunk can be so large that adding to it would overflow.
  excess_bytes_ -= std::min(excess_bytes_, free_bytes_per_chunk);
  excess_bytes_ -= std::min(excess_bytes_, data_bytes);
  if (excess_bytes_ > max_excess_bytes)
    return bad_framing("the chunks hold more framing than data");
  return std::nullopt;
}

std::optional<Refusal> settle_framing(RequestHead& head) {
  head.keep_alive = head.version == Version::http_1_1 || head.lists("Connection", "keep-alive");
  if (head.lists("Connection", "close")) head.keep_alive = false;

  if (auto refusal = settle_transfer_encoding(head)) return refusal;
  if (auto refusal = settle_content_length(head)) return refusal;
  if (auto refusal = check_host_field(head)) return refusal;
  if (auto refusal = check_single_fields(head)) return refusal;
  return check_content_encoding(head);
}

}  // namespace zfsrest::http
