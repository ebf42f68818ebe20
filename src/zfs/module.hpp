// Which OpenZFS is running.
#pragma once

#include <string>

#include "base/result.hpp"
#include "model/release.hpp"

namespace zfsrest::zfs {

struct Module {
  std::string version;  // as the module says it: "2.1.11-1+deb12u1"
  model::Release release;
};

// Reads the file `version` of `directory`, which is /sys/module/zfs or, of the user-space engine,
// shaped like it. Fails with no_module where there is none.
Result<Module> read_module(const std::string& directory);

}  // namespace zfsrest::zfs
