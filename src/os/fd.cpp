#include "os/fd.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace zfsrest::os {

void Fd::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<Pipe> make_pipe(int capacity_bytes) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return last_error("pipe");
  ::fcntl(ends[1], F_SETPIPE_SZ, capacity_bytes);
  return Pipe{.read_end = Fd(ends[0]), .write_end = Fd(ends[1])};
}

Result<Nothing> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Nothing{};
}

Result<Fd> make_memory_file(std::string_view bytes) {
  Fd fd(::memfd_create("zfsrest", MFD_CLOEXEC));
  if (!fd) return last_error("memfd_create");
  TRY(write_all(fd.get(), bytes));
  return fd;
}

Result<std::string> read_memory_file(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return last_error("fstat");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (got < 0) return last_error("pread");
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Error last_error(std::string subject) {
  return Error::of_errno(errno, std::move(subject));
}

}  // namespace zfsrest::os
