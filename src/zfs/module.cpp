#include "zfs/module.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "zfs/first_line.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

std::vector<model::Target> read_targets(const fs::path& path) {
  std::vector<model::Target> targets;
  std::istringstream words(read_line(path));
  for (std::string word; words >> word;)
    for (const auto& row : words_of(model::Target{}))
      if (row.word == word) targets.push_back(row.value);
  return targets;
}

// Only those of datasets say what has them.
std::vector<model::Target> targets_of(model::PropertyKind kind, const fs::path& property) {
  switch (kind) {
    case model::PropertyKind::dataset:
      return read_targets(property / "datasets");
    case model::PropertyKind::pool:
      return {model::Target::pool};
    case model::PropertyKind::vdev:
      return {model::Target::vdev};
  }
  return {};
}

std::string_view word_of(model::PropertyKind kind) {
  return std::ranges::find(words_of(kind), kind, &describe::Word<model::PropertyKind>::value)->word;
}

model::ModuleProperty read_property(model::PropertyKind kind, const fs::path& property) {
  return {.name = property.filename(),
          .type = read_line(property / "type"),
          .values = read_line(property / "values"),
          .initial = read_line(property / "default"),
          .read_only = read_line(property / "readonly") == "1",
          .set_once = read_line(property / "setonce") == "1",
          .visible = read_line(property / "visible") == "1",
          .targets = targets_of(kind, property)};
}

}  // namespace

Result<Module> read_module(const std::string& directory) {
  std::string version = read_line(directory + "/version");
  if (version.empty())
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
  // What was read in part says nothing of the rest.
  if (error) return {};
  return features;
}

std::optional<std::vector<model::ModuleProperty>> read_properties(const std::string& directory,
                                                                  model::PropertyKind kind) {
  std::error_code error;
  fs::directory_iterator entry(directory + "/properties." + std::string(word_of(kind)), error);
  if (error) return {};
  std::vector<model::ModuleProperty> properties;
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error))
    properties.push_back(read_property(kind, entry->path()));
  if (error) return {};
  return properties;
}

}  // namespace zfsrest::zfs
