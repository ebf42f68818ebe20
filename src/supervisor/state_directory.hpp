// The state directory, and the lock on it that only one supervisor holds.
#pragma once

#include "config/settings.hpp"
#include "os/fd.hpp"

namespace zfsrest::supervisor {

// Makes the directory if it is missing, mode 0700, and locks it. The lock is held until the
// descriptor is closed; the processes that the supervisor starts do not get it. The directory and
// what lies in it must be ours or root's, and nobody else's to write. Fails with a line that says
// what is wrong.
Result<os::Fd> lock_state(const config::Settings& settings);

}  // namespace zfsrest::supervisor
