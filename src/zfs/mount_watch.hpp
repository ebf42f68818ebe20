// The mounted file systems of ZFS, for many who ask often: the table has a line for each, which the
// kernel makes anew for each reader.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "os/fd.hpp"

namespace zfsrest::zfs {

// A file system of ZFS in the mount table.
struct Mount {
  std::string dataset;
  std::string point;
};

// Those of this process's mount namespace, in the order in which they were mounted. Mounted
// snapshots and bind mounts are not among them.
struct Mounts {
  std::vector<Mount> in_order{};
  std::unordered_set<std::string> datasets{};
};

class MountWatch {
 public:
  // As the table is now; none are mounted if it cannot be read.
  std::shared_ptr<const Mounts> read();

  // As it was when it was last read, if the kernel tells of no change since, and for no longer than
  // a second. What is mounted or unmounted is seen at once; a dataset that was renamed and stayed
  // mounted still has its old name, of which the kernel does not tell.
  std::shared_ptr<const Mounts> read_recent();

 private:
  void keep(os::Fd table, const std::shared_ptr<const Mounts>& mounts,
            std::chrono::steady_clock::time_point at);

  std::mutex mutex_;
  os::Fd table_;
  std::shared_ptr<const Mounts> last_;
  std::chrono::steady_clock::time_point read_at_{};
};

}  // namespace zfsrest::zfs
