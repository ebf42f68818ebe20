#include "os/own_file.hpp"

#include <unistd.h>

#include <cerrno>

#include "base/errno_name.hpp"

namespace zfsrest::os {
namespace {

Error failure(int os_errno, const std::string& path) {
  // Of a path, ELOOP means that its last part is a link.
  return {.os_errno = os_errno,
          .subject = path,
          .detail = os_errno == ELOOP ? "it is a symbolic link" : errno_phrase(os_errno)};
}

Error refusal(const std::string& path, std::string why) {
  return {.code = Code::denied, .subject = path, .detail = std::move(why)};
}

}  // namespace

bool is_own(const struct stat& status) {
  return status.st_uid == ::geteuid() || status.st_uid == 0;
}

Result<Fd> open_own_file(const std::string& path, int flags, mode_t mode) {
  // Without O_NONBLOCK, opening a pipe that has no writer would never return.
  Fd fd(::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode));
  if (!fd) return failure(errno, path);
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return failure(errno, path);
  if (!S_ISREG(status.st_mode)) return refusal(path, "it is not a regular file");
  if (!is_own(status)) return refusal(path, "it belongs to another user");
  return fd;
}

}  // namespace zfsrest::os
