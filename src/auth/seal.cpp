#include "auth/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

#include "base/base64.hpp"

namespace zfsrest::auth {
namespace {

// 128 bits, in base64url.
constexpr std::size_t mark_bytes = 16, mark_letters = 22;

}  // namespace

std::string Seal::mark_of(std::string_view purpose, std::string_view text) const {
  // No purpose has a null, so that nothing moves from one to the other.
  std::string marked(purpose);
  marked += '\0';
  marked += text;
  Sha256 code{};
  unsigned length = 0;
  if (::HMAC(::EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(marked.data()), marked.size(), code.data(),
             &length) == nullptr ||
      length != code.size())
    std::abort();
  return base64url({reinterpret_cast<const char*>(code.data()), mark_bytes});
}

std::string Seal::close(std::string_view purpose, std::string_view text) const {
  return mark_of(purpose, text).append(text);
}

std::optional<std::string> Seal::open(std::string_view purpose, std::string_view sealed) const {
  if (sealed.size() < mark_letters) return {};
  const std::string_view text = sealed.substr(mark_letters);
  const std::string mark = mark_of(purpose, text);
  if (CRYPTO_memcmp(mark.data(), sealed.data(), mark_letters) != 0) return {};
  return std::string(text);
}

}  // namespace zfsrest::auth
