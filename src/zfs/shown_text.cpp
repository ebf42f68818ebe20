#include "zfs/shown_text.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace zfsrest::zfs {
namespace {

constexpr std::size_t most_bytes = 1024;

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// The length of the character at the start of `text` if a message can hold it as it is, else 0.
std::size_t length_of_plain(std::string_view text) {
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f && first != '"' && first != '\\' ? 1 : 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
  // Overlong forms, surrogates, numbers beyond Unicode, and the control characters above 0x7f.
  const unsigned char second = byte_at(text, 1);
  const bool no_character = (first == 0xc2 && second < 0xa0) || (first == 0xe0 && second < 0xa0) ||
                            (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
                            (first == 0xf4 && second > 0x8f);
  return no_character ? 0 : length;
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out = "\"";
  const bool is_cut = text.size() > most_bytes;
  text = text.substr(0, most_bytes);
  while (!text.empty()) {
    if (const std::size_t length = length_of_plain(text); length > 0) {
      out += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      out += fmt::format("\\x{:02x}", byte_at(text, 0));
      text.remove_prefix(1);
    }
  }
  return out + (is_cut ? "…\"" : "\"");
}

}  // namespace zfsrest::zfs
