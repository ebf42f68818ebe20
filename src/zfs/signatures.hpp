// What libblkid recognises on a device or in a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "zfs/label.hpp"

namespace zfsrest::zfs {

struct Signature {
  // `other` is what is made to be found by something else: swap space, a part of a RAID or of a
  // volume group, an encrypted volume.
  enum class Kind : std::uint8_t { file_system, partition_table, zfs_member, other };

  Kind kind;
  std::string type;   // libblkid's word: "ext4", "gpt", "LVM2_member"
  std::string label;  // as it is on disk, any bytes; empty if there is none
};

// All signatures, not only the likeliest, on the whole device or a stretch of it. Reads, never
// writes; fails with an errno if the device cannot be read.
Result<std::vector<Signature>> read_signatures(int fd, Extent where = {});

// The partition that ZFS made for itself, if the device has a table that holds nothing else.
Result<std::optional<Extent>> find_zfs_partition(int fd);

}  // namespace zfsrest::zfs
