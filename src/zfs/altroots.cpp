#include "zfs/altroots.hpp"

#include <cerrno>

#include "zfs/device.hpp"
#include "zfs/errors.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::zfs {

Result<std::string> Altroots::find(const Handle& handle, const std::string& pool) {
  const std::uint64_t now = TRY(generation_now(handle));
  {
    const std::lock_guard lock(mutex_);
    if (generation_ != now) known_.clear();
    generation_ = now;
    if (const auto found = known_.find(pool); found != known_.end()) return found->second;
  }
  std::string altroot = TRY(read_altroot(handle, pool));
  const std::lock_guard lock(mutex_);
  // What was read before others saw a change may be of before it.
  if (generation_ == now) known_.emplace(pool, altroot);
  return altroot;
}

// Of the configurations themselves nothing is wanted, and there is no room for them.
Result<std::uint64_t> Altroots::generation_now(const Handle& handle) {
  const auto command = command_for("");
  {
    const std::lock_guard lock(mutex_);
    command->cookie = generation_;
  }
  const int os_errno = handle.ask(Ioctl::pool_configs, *command);
  if (os_errno != 0 && os_errno != EEXIST && os_errno != ENOMEM) return failure(os_errno, "");
  return command->cookie;
}

}  // namespace zfsrest::zfs
