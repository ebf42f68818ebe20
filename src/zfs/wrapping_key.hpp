// From a key as it was given to the one that the kernel takes, as OpenZFS makes it.
#pragma once

#include <cstdint>

#include "model/key.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// How a passphrase becomes a key; both are 0 for keys of other forms.
struct Stretching {
  std::uint64_t salt = 0;
  std::uint64_t iterations = 0;
};

inline constexpr std::uint64_t usual_iterations = 350'000;
// What OpenSSL counts with.
inline constexpr std::uint64_t most_iterations = 0x7fff'ffff;

struct WrappingKey {
  model::KeyFormat format{};
  Stretching stretching;
  os::Secret bytes;
};

// With a new random salt if the key is a passphrase.
Stretching new_stretching(const model::Key& key, std::uint64_t iterations);

// Takes as long as the iterations of a passphrase do, a tenth of a second and more; the rest takes
// no time.
WrappingKey wrapping_key_of(const model::Key& key, const Stretching& stretching);

// Adds the properties that the kernel keeps with a new key.
void add_key_properties(const WrappingKey& key, NvList& properties);

}  // namespace zfsrest::zfs
