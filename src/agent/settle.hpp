// What an agent that was killed had begun goes on in the kernel without it, and nothing can be said
// of its outcome before it is over.
#pragma once

#include <string>

#include "base/result.hpp"
#include "zfs/device.hpp"

namespace zfsrest::agent {

// Returns when what was begun on the pool before is on its disks. Fails with EAGAIN while the pool
// is suspended.
Result<Nothing> settle(const zfs::Handle& handle, const std::string& pool);

}  // namespace zfsrest::agent
