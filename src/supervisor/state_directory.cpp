#include "supervisor/state_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/errno_name.hpp"
#include "os/own_file.hpp"

namespace zfsrest::supervisor {

Result<os::Fd> lock_state(const config::Settings& settings) {
  const auto refuse = [&](const std::string& why) {
    return Error::of(Code::bug,
                     "the state directory " + settings.state + " cannot be used: " + why);
  };
  if (::mkdir(settings.state.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return refuse(errno_phrase(errno));
  struct stat status{};
  if (::stat(settings.state.c_str(), &status) != 0) return refuse(errno_phrase(errno));
  // Whoever owns the directory can put a token of his own there.
  if (!os::is_own(status)) return refuse("it belongs to another user, who could replace the token");
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return refuse("others can write to it, and so replace the token");
  auto lock = os::open_own_file(settings.lock_path(), O_RDWR | O_CREAT, S_IRUSR | S_IWUSR);
  if (!lock.ok()) return refuse("lock: " + lock.error().detail);
  if (::flock(lock.value().get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return Error::of(Code::bug, "another zfsrestd runs on the state directory " + settings.state);
    return refuse(errno_phrase(errno));
  }
  return lock;
}

}  // namespace zfsrest::supervisor
