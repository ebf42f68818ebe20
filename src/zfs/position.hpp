// Where an iteration of the kernel stands.
#pragma once

#include <cstdint>

namespace zfsrest::zfs {

// A position in the kernel's own order, which other changes do not move.
using Position = std::uint64_t;

// That order is one of hashes of the names: a position after an object holds 28 bits of its hash,
// and above them a small number that tells equal ones apart. A list may begin at any hash.
inline constexpr int hash_bits = 28;
inline constexpr Position end_of_hashes = Position{1} << hash_bits;
constexpr Position hash_in(Position at) {
  return at & (end_of_hashes - 1);
}

}  // namespace zfsrest::zfs
