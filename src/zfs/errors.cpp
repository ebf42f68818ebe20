#include "zfs/errors.hpp"

namespace zfsrest::zfs {

Error failure(int os_errno, std::string subject, NvView error_list) {
  Error error = Error::of_errno(os_errno, std::move(subject));
  error_list.each([&](const NvPair& pair) {
    const auto number = pair.integer();
    if (!number) return;
    // The kernel shortens a list to the room it was given and says how many entries it left out.
    if (pair.name() == "N_MORE_ERRORS")
      error.unreported = static_cast<std::uint64_t>(*number);
    else
      error.faults.push_back(
          {.subject = std::string(pair.name()), .os_errno = static_cast<int>(*number)});
  });
  return error;
}

Error batch_failure(int os_errno, const std::vector<std::string>& names, NvView error_list) {
  Error error = failure(os_errno, names.front(), error_list);
  // The list may also name objects that were only passed over.
  for (const Fault& fault : error.faults)
    if (fault.os_errno == os_errno) {
      error.subject = fault.subject;
      break;
    }
  return error;
}

}  // namespace zfsrest::zfs
