// Pools: one function per thing the kernel does with them.
#pragma once

#include <string>
#include <vector>

#include "model/pool.hpp"
#include "model/vdev_layout.hpp"
#include "zfs/device.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::zfs {

// The names of all imported pools, in the kernel's order.
Result<std::vector<std::string>> read_pool_names(const Handle& handle);

// Both answer for suspended pools too, and for those that cannot be opened, whose properties and
// features nobody knows. They fail with ENOENT if there is no such pool.
Result<model::Pool> read_pool(const Handle& handle, const std::string& name,
                              model::Release release);
Result<model::PoolStatus> read_pool_status(const Handle& handle, const std::string& name);

// Whether the kernel could open the pool; one that it could not is listed all the same.
Result<bool> is_open(const Handle& handle, const std::string& name);

// Fails as the kernel does where it looks itself, with EAGAIN, if the pool is suspended. For calls
// that would not fail then but wait, such as mounting.
Result<Nothing> check_not_suspended(const Handle& handle, const std::string& name);

// Likewise with EROFS, if the pool is imported read-only: for what would find that out late, as a
// job does, or not at all, as destroying does, which would end well and only export the pool.
Result<Nothing> check_writable(const Handle& handle, const std::string& name);

// The directory below which the pool's file systems are mounted while it is imported; empty for
// none. Only of a pool that is open, as one is of which a dataset was just read.
Result<std::string> read_altroot(const Handle& handle, const std::string& name);

// What tells this import of the pool from all others, of pools of its name too. Fails with ENOENT
// if there is no such pool.
Result<std::uint64_t> read_load_guid(const Handle& handle, const std::string& name);

struct NewPool {
  std::string name;
  NvList tree;
  NvList properties;             // of the pool
  NvList filesystem_properties;  // of its root file system
  std::vector<std::string> features;
  std::optional<WrappingKey> key;  // of its root file system, if that is to be encrypted
};

// Creates the pool, or none.
Result<Nothing> create_pool(const Handle& handle, const NewPool& pool);

Result<Nothing> destroy_pool(const Handle& handle, const std::string& name);

// Clears the error counters of the vdev, or of all, opens again what can be opened, and lets a
// suspended pool go on. Fails with ENODEV if there is no such vdev, and with EIO if the pool is
// suspended again.
Result<Nothing> clear_errors(const Handle& handle, const std::string& name,
                             std::optional<model::Guid> vdev);

enum class Force { no, yes };
Result<Nothing> sync_pool(const Handle& handle, const std::string& name, Force force);

// Takes the checkpoint of a pool that has none, or gives up the one there is; its space is freed
// afterwards.
Result<Nothing> checkpoint_pool(const Handle& handle, const std::string& name);
Result<Nothing> discard_checkpoint(const Handle& handle, const std::string& name);

// Opens all devices again. `at_once` begins the resilver that one may need even if that ends a
// running scrub.
enum class Resilver { at_once, after_scrub };
Result<Nothing> reopen_pool(const Handle& handle, const std::string& name, Resilver resilver);

}  // namespace zfsrest::zfs
