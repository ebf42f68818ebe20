#include "auth/digest.hpp"

#include <openssl/evp.h>

#include <cstddef>
#include <cstdlib>

#include "base/hex.hpp"

namespace zfsrest::auth {

Sha256 sha256_of(std::string_view text) {
  // Looking the algorithm up takes longer than a short text does, so it is done once.
  static const EVP_MD* const algorithm = ::EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 hash{};
  unsigned length = 0;
  // It fails for want of memory, or of a sound configuration of OpenSSL. What is compared with no
  // digest would be let in.
  if (algorithm == nullptr ||
      ::EVP_Digest(text.data(), text.size(), hash.data(), &length, algorithm, nullptr) != 1 ||
      length != hash.size())
    std::abort();
  return hash;
}

std::string digest_of(std::string_view text) {
  constexpr std::size_t kept_bytes = 16;
  const Sha256 hash = sha256_of(text);
  return hex_of({reinterpret_cast<const char*>(hash.data()), kept_bytes});
}

}  // namespace zfsrest::auth
