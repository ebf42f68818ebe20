// Between the vdev trees of the API and those of the kernel.
#pragma once

#include <cstdint>
#include <optional>

#include "model/pool.hpp"
#include "model/vdev_layout.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// The root of a new pool's vdev tree, as POOL_CREATE takes it; every top-level vdev gets `ashift`
// if it is given.
NvList tree_of(const model::VdevLayout& layout, std::optional<std::uint64_t> ashift);

// The tree of a pool's configuration, by what the vdevs are for.
model::VdevTree tree_of(NvView root);

// The state that a vdev's statistics tell; for the root it is the pool's health.
model::VdevState state_of(NvView vdev);

}  // namespace zfsrest::zfs
