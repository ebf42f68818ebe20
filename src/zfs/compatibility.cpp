#include "zfs/compatibility.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "zfs/shown_text.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

// No such file comes near this.
constexpr std::uintmax_t most_bytes = 65536;

std::optional<fs::path> find_file(const std::string& name,
                                  const std::vector<std::string>& directories) {
  std::error_code error;
  const auto is_usable = [&](const fs::path& path) {
    return fs::is_regular_file(path, error) && fs::file_size(path, error) <= most_bytes;
  };
  if (name.starts_with('/')) return is_usable(name) ? std::optional<fs::path>(name) : std::nullopt;
  for (const std::string& directory : directories)
    if (is_usable(fs::path(directory) / name)) return fs::path(directory) / name;
  return {};
}

// Names are separated by commas or blanks; what follows a `#` in a line is a comment.
std::set<std::string> read_names(const fs::path& path) {
  std::set<std::string> names;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    line.resize(std::min(line.size(), line.find('#')));
    std::ranges::replace(line, ',', ' ');
    std::istringstream words(line);
    for (std::string word; words >> word;) names.insert(word);
  }
  return names;
}

}  // namespace

Result<std::optional<std::set<std::string>>> read_compatibility(
    const std::string& value, const std::vector<std::string>& directories) {
  using Names = std::set<std::string>;
  if (value == "off") return std::optional<Names>();
  if (value == "legacy") return std::optional(Names());
  std::optional<Names> permitted;
  std::istringstream list(value);
  for (std::string name; std::getline(list, name, ',');) {
    const auto path = find_file(name, directories);
    if (!path)
      return Error::of(Code::bad_request,
                       fmt::format("`compatibility` names {}, and there is no such file in {}",
                                   shown(name), fmt::join(directories, " or ")));
    Names names = read_names(*path);
    if (permitted)
      std::erase_if(names, [&](const auto& each) { return !permitted->contains(each); });
    permitted = std::move(names);
  }
  return permitted;
}

}  // namespace zfsrest::zfs
