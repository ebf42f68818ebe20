// Which OpenZFS is running.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/property_description.hpp"
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

// Reads `features.pool` of the directory; none where it does not tell.
std::optional<std::vector<SupportedFeature>> read_features(const std::string& directory);

// What it says of the properties of that kind. None where it does not tell, as of vdevs before 2.2.
std::optional<std::vector<model::ModuleProperty>> read_properties(const std::string& directory,
                                                                  model::PropertyKind kind);

}  // namespace zfsrest::zfs
