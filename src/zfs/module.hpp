// Which OpenZFS is running.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

// A feature of pools that it supports.
struct SupportedFeature {
  std::string name;
  std::string guid;
  std::string description;
  bool read_only_compatible;
};

// Reads `features.pool` of the directory; none where it does not tell, as the user-space engine's.
std::optional<std::vector<SupportedFeature>> read_features(const std::string& directory);

}  // namespace zfsrest::zfs
