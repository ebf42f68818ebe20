// The labels that ZFS keeps at both ends of each of its devices: whose is this one?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace zfsrest::zfs {

struct PoolLabel {
  // `active` means in use, or not exported when it was last used. `unused` means written for a pool
  // that never came to use this device, or that gave it back (create failed, detach, remove).
  enum class State : std::uint8_t { active, exported, destroyed, spare, l2cache, unused };

  std::string pool{};  // as it is on disk, any bytes; like pool_guid, a spare or cache has none
  std::uint64_t pool_guid = 0;
  std::uint64_t vdev_guid = 0;
  std::uint64_t txg = 0;
  State state = State::unused;
};

// A stretch of a device or file, from its beginning or from where a partition begins.
struct Extent {
  std::uint64_t offset_bytes = 0;
  std::uint64_t bytes = 0;
};

// Reads the four labels that a vdev of this extent has, and returns one for each vdev that they
// name: usually none or one, more where an older label was overwritten in part. Fails with the
// errno of a read.
Result<std::vector<PoolLabel>> read_labels(int fd, Extent vdev);

// Whether a new pool may have the device in spite of this label.
bool is_free_to_take(const PoolLabel& label);

}  // namespace zfsrest::zfs
