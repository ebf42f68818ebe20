#include "supervisor/state_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/errno_name.hpp"

namespace zfsrest::supervisor {

Result<os::Fd> lock_state(const config::Settings& settings) {
  const auto fail = [&](int os_errno) {
    return Error::of(Code::bug, "the state directory " + settings.state +
                                    " cannot be used: " + errno_phrase(os_errno));
  };
  if (::mkdir(settings.state.c_str(), S_IRWXU) != 0 && errno != EEXIST) return fail(errno);
  struct stat status{};
  if (::stat(settings.state.c_str(), &status) != 0) return fail(errno);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return Error::of(Code::bug,
                     "the state directory " + settings.state +
                         " cannot be used: others can write to it, and so replace the token");
  os::Fd lock(
      ::open(settings.lock_path().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!lock) return fail(errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return Error::of(Code::bug, "another zfsrestd runs on the state directory " + settings.state);
    return fail(errno);
  }
  return lock;
}

}  // namespace zfsrest::supervisor
