// The mount table of this process's mount namespace, as the kernel writes it.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace zfsrest::zfs {

struct MountEntry {
  std::string number;  // of the device, "8:17"
  std::string root;    // what of the file system is mounted; "/" for the whole
  std::string point;
  std::string type;
  std::string source;
};

// In the order of the table, which is that of mounting. `proc` is where procfs is.
// Only those of this type, if it is not empty.
std::vector<MountEntry> read_mount_table(const std::string& proc, std::string_view type = "");

// The kernel writes blanks and the like in its tables as \ooo.
std::string unescape(std::string_view text);

}  // namespace zfsrest::zfs
