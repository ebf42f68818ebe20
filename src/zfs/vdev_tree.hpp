// Between the vdev trees of the API and those of the kernel.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/pool.hpp"
#include "model/vdev_layout.hpp"
#include "zfs/disk.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// What a pool uses of a disk in its layout.
struct DiskUse {
  std::string path;       // of the disk, or of the partition on it
  bool is_whole = false;  // whether the partition was made for ZFS, and is ZFS's to grow
  DiskIdentity identity;
};
using DiskUses = std::map<std::string, DiskUse>;  // by the path in the layout

// The root of a new pool's vdev tree, as POOL_CREATE takes it; every top-level vdev gets `ashift`
// if it is given. `disks` has all disks of the layout.
NvList tree_of(const model::VdevLayout& layout, const DiskUses& disks,
               std::optional<std::uint64_t> ashift);

// The tree of a pool's configuration, by what the vdevs are for.
model::VdevTree tree_of(NvView root);

// The state that a vdev's statistics tell; for the root it is the pool's health.
model::VdevState state_of(NvView vdev);

}  // namespace zfsrest::zfs
