// From what the kernel answered to an Error.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// An error on `subject`, with each object or property of the kernel's error list as a fault of its
// own.
Error failure(int os_errno, std::string subject, NvView error_list = NvView(nullptr));

// The failure of a batch, about the first object that the kernel names with the batch's own number,
// else about the first of the batch.
Error batch_failure(int os_errno, const std::vector<std::string>& names, NvView error_list);

}  // namespace zfsrest::zfs
