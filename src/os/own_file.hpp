// Files that nobody but us can have put in their place.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "base/result.hpp"
#include "os/fd.hpp"

namespace zfsrest::os {

// Whether a file or directory belongs to this process's user or to root.
bool is_own(const struct stat& status);

// Opens a regular file that belongs to us or to root; `flags` and `mode` are those of open(). A
// symbolic link is not followed and a pipe is not waited for. Fails with the errno, if there is
// one, and in `detail` with what is wrong with the file.
Result<Fd> open_own_file(const std::string& path, int flags, mode_t mode = 0);

}  // namespace zfsrest::os
