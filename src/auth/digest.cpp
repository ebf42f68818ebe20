#include "auth/digest.hpp"

#include <openssl/sha.h>

#include <cstddef>

#include "base/hex.hpp"

namespace zfsrest::auth {

std::string digest_of(std::string_view text) {
  constexpr std::size_t kept_bytes = 16;
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hex_of(std::string_view(hash).substr(0, kept_bytes));
}

}  // namespace zfsrest::auth
