// Volumes as block devices that somebody uses.
#pragma once

#include <optional>
#include <string>

namespace zfsrest::zfs {

// A volume of the pool, or a partition of one, that is open, and by whom, in a sentence; nothing if
// there is none.
std::optional<std::string> find_open_volume(const std::string& pool);

}  // namespace zfsrest::zfs
