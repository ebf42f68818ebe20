// The small files of /proc and /sys.
#pragma once

#include <string>

namespace zfsrest::zfs {

// The file's first line, as far as its first 4,096 bytes have it; empty without such a file.
std::string read_line(const std::string& path);

}  // namespace zfsrest::zfs
