#include "zfs/volume_use.hpp"

#include <fmt/format.h>
#include <sys/types.h>

#include <filesystem>
#include <map>

#include "zfs/device_findings.hpp"
#include "zfs/disk.hpp"
#include "zfs/open_files.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;
using Devices = std::map<dev_t, std::string>;

// The pool's volumes, visible snapshots of them, and their partitions.
Devices read_devices(const std::string& pool) {
  Devices devices;
  std::error_code error;
  for (fs::recursive_directory_iterator entry("/dev/zvol/" + pool, error), end;
       !error && entry != end; entry.increment(error))
    if (const auto device = find_block_device(entry->path()))
      devices.emplace(*device, entry->path());
  return devices;
}

std::optional<std::string> find_open_by_process(const Devices& devices) {
  std::optional<std::string> found;
  each_open_file([&](const OpenFile& file) {
    // Not each of them is looked at: files of others may be on something that does not answer.
    if (found || !file.target.starts_with("/dev/")) return;
    const auto device = find_block_device(file.link);
    if (!device || !devices.contains(*device)) return;
    found = fmt::format("{} is open in process {} ({})", devices.at(*device), file.process,
                        command_of(file.process));
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
