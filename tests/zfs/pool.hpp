// What suites of the room zfs work on: a pool of their own, and keys.
#pragma once

#include <cstdint>
#include <string>

#include "zfs/device.hpp"
#include "zfs/nvlist.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::zfs {

// On a sparse file in ZFSREST_TEST_DIR, with the features that every release has.
void make_pool(Device& device, const std::string& name, std::uintmax_t disk_bytes);

// A raw key of equal bytes, which tell it apart; and the properties of an encryption root that is
// made with the one of 'k'.
WrappingKey key_of(char byte);
NvList encryption();

}  // namespace zfsrest::zfs
