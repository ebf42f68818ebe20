#include "os/random.hpp"

#include <sys/random.h>

#include <cstdlib>

namespace zfsrest::os {

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string raw(bytes, '\0');
  // getrandom() of at most 256 bytes is neither interrupted nor short once the kernel's pool is
  // ready; without it there is nothing safe to go on with.
  if (::getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(bytes)) std::abort();
  std::string text;
  for (const char c : raw) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 0xf];
  }
  return text;
}

}  // namespace zfsrest::os
