// Who uses a disk or a file at this moment: mounts, swap, and devices that lie on it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zfs/device_findings.hpp"

namespace zfsrest::zfs {

// Where the kernel tells; a test gives trees of its own.
struct KernelTables {
  std::string proc = "/proc";
  std::string sys = "/sys";
};

// Mounted, swap and held, of the disk itself, of its partitions, and of whatever lies on either.
// `path` is what the findings call it.
std::vector<Finding> read_uses_of_disk(const std::string& path, dev_t number,
                                       const KernelTables& tables = {});

// The disk of which this is a partition, if it is one.
std::optional<dev_t> find_disk_of_partition(dev_t number, const KernelTables& tables = {});

// The same of a regular file, which is used as swap or through a loop device.
struct FileIdentity {
  dev_t device;
  ino_t inode;
};
std::vector<Finding> read_uses_of_file(const std::string& path, FileIdentity file,
                                       const KernelTables& tables = {});

}  // namespace zfsrest::zfs
