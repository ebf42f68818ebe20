#include "zfs/module.hpp"

#include <filesystem>
#include <fstream>

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

std::string read_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

Result<Module> read_module(const std::string& directory) {
  std::ifstream file(directory + "/version");
  std::string version;
  if (!std::getline(file, version))
    return Error::of(Code::no_module, directory + "/version cannot be read: OpenZFS is not loaded");
  auto release = model::Release::parse(version);
  if (!release.ok()) return std::move(release).error();
  return Module{.version = std::move(version), .release = release.value()};
}

std::optional<std::vector<SupportedFeature>> read_features(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator entry(directory + "/features.pool", error);
  if (error) return {};
  std::vector<SupportedFeature> features;
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const fs::path& feature = entry->path();
    features.push_back({.name = read_line(feature / "uname"),
                        .guid = read_line(feature / "guid"),
                        .description = read_line(feature / "description"),
                        .read_only_compatible = read_line(feature / "readonly_compatible") == "1"});
  }
  return features;
}

}  // namespace zfsrest::zfs
