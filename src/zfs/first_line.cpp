#include "zfs/first_line.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "os/fd.hpp"

namespace zfsrest::zfs {

// A stream would allocate and clear buffers for it, which is felt where each request asks for one.
std::string read_line(const std::string& path) {
  const os::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> room;
  const ssize_t got = file ? ::read(file.get(), room.data(), room.size()) : 0;
  const std::string_view text(room.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return std::string(text.substr(0, text.find('\n')));
}

}  // namespace zfsrest::zfs
