// A pool of its own for a suite of the room zfs.
#pragma once

#include <cstdint>
#include <string>

#include "zfs/device.hpp"

namespace zfsrest::zfs {

// On a sparse file in ZFSREST_TEST_DIR, with the features that every release has.
void make_pool(Device& device, const std::string& name, std::uintmax_t disk_bytes);

}  // namespace zfsrest::zfs
