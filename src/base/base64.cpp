#include "base/base64.hpp"

#include <cstdint>

namespace zfsrest {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view usual_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

bool parse_base64(std::string_view text, std::span<char> bytes) {
  constexpr std::size_t group_bytes = 3;
  constexpr std::size_t group_letters = 4;
  const std::size_t groups = (bytes.size() + group_bytes - 1) / group_bytes;
  const std::size_t padding = groups * group_bytes - bytes.size();
  if (text.size() != groups * group_letters) return false;
  if (text.find('=') != (padding == 0 ? std::string_view::npos : text.size() - padding))
    return false;
  std::uint32_t window = 0;
  int bits = 0;
  std::size_t at = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::size_t value = usual_alphabet.find(c);
    if (value == std::string_view::npos) return false;
    window = (window << sextet) | static_cast<std::uint32_t>(value);
    bits += sextet;
    if (bits < octet) continue;
    bits -= octet;
    bytes[at++] = static_cast<char>((window >> bits) & 0xff);
  }
  return (window & ((1U << bits) - 1)) == 0;
}

}  // namespace zfsrest
