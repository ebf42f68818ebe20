#include "base/base64.hpp"

#include <cstdint>

namespace zfsrest {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int sextet = 6;
constexpr int octet = 8;

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t window = 0;
  int bits = 0;
  for (const char c : bytes) {
    window = (window << octet) | static_cast<unsigned char>(c);
    for (bits += octet; bits >= sextet; bits -= sextet)
      text += alphabet[(window >> (bits - sextet)) & 0x3f];
  }
  if (bits > 0) text += alphabet[(window << (sextet - bits)) & 0x3f];
  return text;
}

std::optional<std::string> parse_base64url(std::string_view text) {
  std::string bytes;
  std::uint32_t window = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return {};
    window = (window << sextet) | static_cast<std::uint32_t>(value);
    bits += sextet;
    if (bits >= octet) {
      bits -= octet;
      bytes += static_cast<char>((window >> bits) & 0xff);
    }
  }
  if (base64url(bytes) != text) return {};
  return bytes;
}

}  // namespace zfsrest
