// From what the kernel answered to an Error.
#pragma once

#include <string>

#include "base/error.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// An error on `subject`, with each object or property of the kernel's error list as a fault of its
// own.
Error failure(int os_errno, std::string subject, NvView error_list = NvView(nullptr));

}  // namespace zfsrest::zfs
