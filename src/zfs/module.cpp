#include "zfs/module.hpp"

#include <fstream>

namespace zfsrest::zfs {

Result<Module> read_module(const std::string& directory) {
  std::ifstream file(directory + "/version");
  std::string version;
  if (!std::getline(file, version))
    return Error::of(Code::no_module, directory + "/version cannot be read: OpenZFS is not loaded");
  auto release = model::Release::parse(version);
  if (!release.ok()) return std::move(release).error();
  return Module{.version = std::move(version), .release = release.value()};
}

}  // namespace zfsrest::zfs
