#include "os/random.hpp"

#include <sys/random.h>

#include <cstdlib>

#include "base/hex.hpp"

namespace zfsrest::os {

std::string random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  // getrandom() of at most 256 bytes is neither interrupted nor short once the kernel's pool is
  // ready; without it there is nothing safe to go on with.
  if (::getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(bytes)) std::abort();
  return hex_of(raw);
}

}  // namespace zfsrest::os
