// What processes have open, as /proc shows it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

namespace zfsrest::zfs {

struct OpenFile {
  pid_t process;
  std::string link;    // /proc/1/fd/0, which leads to it
  std::string target;  // its name; nothing is asked of the file itself, which may not answer
};

// Calls `visit` for each descriptor of each process that may be looked into, and returns how many
// others there are.
std::uint32_t each_open_file(const std::function<void(const OpenFile&)>& visit);

// What the process is called; empty if it is gone.
std::string command_of(pid_t process);

}  // namespace zfsrest::zfs
