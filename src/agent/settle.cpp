#include "agent/settle.hpp"

#include <cerrno>

#include "zfs/pool.hpp"

namespace zfsrest::agent {

Result<Nothing> settle(const zfs::Handle& handle, const std::string& pool) {
  auto synced = zfs::sync_pool(handle, pool, zfs::Force::no);
  // On such a pool nothing goes on.
  if (!synced.ok() && synced.error().os_errno == EROFS) return Nothing{};
  return synced;
}

}  // namespace zfsrest::agent
