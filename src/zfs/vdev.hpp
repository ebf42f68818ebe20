// Vdevs of an imported pool and their properties.
#pragma once

#include <string>

#include "model/pool.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// Fails with ENOENT if the pool has no such vdev, with EINVAL if it keeps no properties, and with
// ZFS_ERR_IOC_CMD_UNAVAIL before 2.2.
Result<model::Vdev> read_vdev(const Handle& handle, const std::string& pool, model::Guid vdev,
                              model::Release release);

// Sets properties in kernel form, one by one: of several, the kernel would leave those before the
// first that it refuses changed in memory and unchanged on disk. A failure has a fault for each
// that was refused, and the others in `applied`.
Result<Nothing> set_vdev_properties(const Handle& handle, const std::string& pool, model::Guid vdev,
                                    const NvList& properties);

}  // namespace zfsrest::zfs
