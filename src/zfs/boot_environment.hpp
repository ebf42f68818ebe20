// What boot loaders keep in the labels of a pool's devices.
#pragma once

#include <string>

#include "model/boot_environment.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

Result<model::ShownBootEnvironment> read_boot_environment(const Handle& handle,
                                                          const std::string& pool);

// Replaces it on all devices that can be written. Fails with E2BIG if it does not fit, and with
// ENXIO if it could be written nowhere.
Result<Nothing> write_boot_environment(const Handle& handle, const std::string& pool,
                                       const model::BootEnvironment& environment);

}  // namespace zfsrest::zfs
