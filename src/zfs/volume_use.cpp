#include "zfs/volume_use.hpp"

#include <fmt/format.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "zfs/device_findings.hpp"
#include "zfs/disk.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;
using Devices = std::map<dev_t, std::string>;

template <class Iterator, class Visit>
void each_entry(const fs::path& directory, const Visit& visit) {
  std::error_code error;
  for (Iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    visit(entry->path());
}

// The pool's volumes, visible snapshots of them, and their partitions.
Devices read_devices(const std::string& pool) {
  Devices devices;
  each_entry<fs::recursive_directory_iterator>("/dev/zvol/" + pool, [&](const fs::path& path) {
    if (const auto device = find_block_device(path)) devices.emplace(*device, path);
  });
  return devices;
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::string name_of(const fs::path& process) {
  std::ifstream file(process / "comm");
  std::string name;
  std::getline(file, name);
  return name;
}

std::optional<std::string> find_open_by_process(const Devices& devices) {
  std::optional<std::string> found;
  each_entry<fs::directory_iterator>("/proc", [&](const fs::path& process) {
    if (found || !is_number(process.filename())) return;
    each_entry<fs::directory_iterator>(process / "fd", [&](const fs::path& open) {
      // Not each of them is looked at: files of others may be on something that does not answer.
      std::error_code gone;
      if (!fs::read_symlink(open, gone).native().starts_with("/dev/")) return;
      const auto device = find_block_device(open);
      if (!device || !devices.contains(*device)) return;
      found = fmt::format("{} is open in process {} ({})", devices.at(*device),
                          process.filename().string(), name_of(process));
    });
  });
  return found;
}

}  // namespace

std::optional<std::string> find_open_volume(const std::string& pool) {
  const Devices devices = read_devices(pool);
  if (devices.empty()) return {};
  for (const auto& [device, path] : devices)
    if (const auto uses = read_uses_of_device(path, device); !uses.empty())
      return uses.front().detail;
  return find_open_by_process(devices);
}

}  // namespace zfsrest::zfs
