// Whether a device or file is free to become part of a pool, and what stands in the way if not.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zfsrest::zfs {

enum class FindingKind : std::uint8_t {
  missing,
  wrong_type,
  unreadable,
  too_small,
  mounted,
  swap,
  held,
  replaceable,
  file_system,
  partition_table,
  pool_label,
  other_signature,
};

struct Finding {
  FindingKind kind;
  std::string detail;  // one sentence that names the device and what was found
};

// What is to become a vdev: a file, a block device as it is, or the first partition of a whole disk
// that is to be partitioned.
enum class LeafKind : std::uint8_t { file, disk, whole_disk };

// Whether the caller may say that the device is to be taken in spite of this finding. The kernel
// still has the last word: it takes no disk that somebody else has claimed.
bool can_be_overwritten(FindingKind kind);

// Everything found on the device, or in the file, at `path`; nothing if it is free. Opens it for
// reading only, at once and without waiting, and reads a bounded part of it.
std::vector<Finding> read_findings(const std::string& path, LeafKind kind);

// Who uses the block device now, whatever is on it: mounts, swap, devices that lie on it, or
// somebody who has claimed it and has no entry anywhere.
std::vector<Finding> read_uses_of_device(const std::string& path, dev_t device);

// The path with all symbolic links followed, as far as it exists. A file is checked and handed to
// the kernel by this one, so that no link is turned in between.
std::string without_links(const std::string& path);

// For each path, the first one before it that leads to the same file or disk, or one that leads to
// the disk of which it is a partition, if there is one.
std::vector<std::optional<std::string>> find_same_devices(const std::vector<std::string>& paths);

}  // namespace zfsrest::zfs
