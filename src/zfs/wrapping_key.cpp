#include "zfs/wrapping_key.hpp"

#include <openssl/evp.h>
#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <new>

namespace zfsrest::zfs {
namespace {

os::Secret stretch(std::string_view passphrase, const Stretching& stretching) {
  std::array<unsigned char, sizeof(stretching.salt)> salt{};
  for (std::size_t i = 0; i < salt.size(); ++i)
    salt[i] = static_cast<unsigned char>(stretching.salt >> (8 * i));
  os::Secret key(model::wrapping_key_bytes);
  const int done = ::PKCS5_PBKDF2_HMAC(
      passphrase.data(), static_cast<int>(passphrase.size()), salt.data(), salt.size(),
      static_cast<int>(stretching.iterations), ::EVP_sha1(), static_cast<int>(key.room().size()),
      reinterpret_cast<unsigned char*>(key.room().data()));
  // It fails for want of memory only.
  if (done != 1) throw std::bad_alloc();
  return key;
}

const os::Secret& bytes_of(const model::RawKeyGiven& key) {
  return key.base64.bytes;
}
const os::Secret& bytes_of(const model::HexKeyGiven& key) {
  return key.hex.bytes;
}
const os::Secret& bytes_of(const model::PassphraseGiven& key) {
  return key.passphrase.bytes;
}

}  // namespace

Stretching new_stretching(const model::Key& key, std::uint64_t iterations) {
  if (model::format_of(key) != model::KeyFormat::passphrase) return {};
  Stretching stretching{.salt = 0, .iterations = iterations};
  // The kernel takes 0 for none.
  while (stretching.salt == 0)
    if (::getrandom(&stretching.salt, sizeof(stretching.salt), 0) != sizeof(stretching.salt))
      std::abort();
  return stretching;
}

WrappingKey wrapping_key_of(const model::Key& key, const Stretching& stretching) {
  const model::KeyFormat format = model::format_of(key);
  const os::Secret& given =
      std::visit([](const auto& each) -> const os::Secret& { return bytes_of(each); }, key);
  return {
      .format = format,
      .stretching = stretching,
      .bytes = format == model::KeyFormat::passphrase ? stretch(given.view(), stretching) : given};
}

void add_key_properties(const WrappingKey& key, NvList& properties) {
  properties.add_u64("keyformat", static_cast<std::uint64_t>(key.format));
  if (key.format != model::KeyFormat::passphrase) return;
  properties.add_u64("pbkdf2salt", key.stretching.salt);
  properties.add_u64("pbkdf2iters", key.stretching.iterations);
}

}  // namespace zfsrest::zfs
