// The alternate roots of imported pools, which go before their mount points, for many who ask
// often.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/result.hpp"

namespace zfsrest::zfs {

class Handle;

class Altroots {
 public:
  // Empty if the pool has none. It is asked for once in an import: the kernel counts the changes of
  // all pools' configurations, and says without a lock whether there was one.
  Result<std::string> find(const Handle& handle, const std::string& pool);

 private:
  // Fails as the call does.
  Result<std::uint64_t> generation_now(const Handle& handle);

  std::mutex mutex_;
  std::uint64_t generation_ = 0;  // the kernel begins at 1
  std::map<std::string, std::string> known_;
};

}  // namespace zfsrest::zfs
