#include "zfs/device_use.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "zfs/first_line.hpp"
#include "zfs/mount_table.hpp"
#include "zfs/shown_text.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

// "8:17"
std::optional<dev_t> parse_number(std::string_view text) {
  unsigned major_number = 0;
  unsigned minor_number = 0;
  const char* const end = text.data() + text.size();
  const auto head = std::from_chars(text.data(), end, major_number);
  if (head.ec != std::errc{} || head.ptr == end || *head.ptr != ':') return std::nullopt;
  const auto tail = std::from_chars(head.ptr + 1, end, minor_number);
  if (tail.ec != std::errc{} || tail.ptr != end) return std::nullopt;
  return makedev(major_number, minor_number);
}

std::optional<struct stat> find_status(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

std::vector<fs::path> read_directory(const fs::path& path) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator i(path, error), end; !error && i != end; i.increment(error))
    entries.push_back(i->path());
  std::ranges::sort(entries);
  return entries;
}

struct MountedDevice {
  dev_t number;
  std::string point;
};

std::optional<MountedDevice> find_mount(MountEntry&& entry) {
  const std::optional<dev_t> device = parse_number(entry.number);
  if (!device) return std::nullopt;
  // A file system that spans devices (btrfs) has a number of its own, and only its source tells.
  // Other sources are not looked at, for they may be paths that do not answer.
  if (major(*device) == 0 && entry.source.starts_with("/dev/")) {
    const auto status = find_status(entry.source);
    if (status && S_ISBLK(status->st_mode))
      return MountedDevice{status->st_rdev, std::move(entry.point)};
  }
  return MountedDevice{*device, std::move(entry.point)};
}

std::vector<MountedDevice> read_mounted_devices(const KernelTables& tables) {
  std::vector<MountedDevice> mounts;
  for (MountEntry& entry : read_mount_table(tables.proc))
    if (auto mount = find_mount(std::move(entry))) mounts.push_back(std::move(*mount));
  return mounts;
}

// The status of each swap device and swap file. The first line is a heading, and the first word of
// each other one a path.
std::vector<struct stat> read_swaps(const KernelTables& tables) {
  std::vector<struct stat> swaps;
  std::ifstream file(tables.proc + "/swaps");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line))
    if (const auto status = find_status(unescape(line.substr(0, line.find_first_of(" \t")))))
      swaps.push_back(*status);
  return swaps;
}

// A block device that is, or lies on, what was asked about.
struct Member {
  enum class Closeness : std::uint8_t { itself, partition, above };

  dev_t number;
  fs::path directory;   // its own in sysfs
  std::string subject;  // how a sentence about it begins
  Closeness closeness;
};

// The disk `first`, its partitions, the devices made of any of these, and so on upwards; `on` is
// what they lie on. More than a thousand of them are not looked for.
std::vector<Member> read_family(Member first, const std::string& on) {
  std::vector<Member> family{std::move(first)};
  const auto add = [&family](const fs::path& directory, std::string subject,
                             Member::Closeness closeness) {
    const auto number = parse_number(read_line(directory / "dev"));
    if (!number || family.size() >= 1000 ||
        std::ranges::find(family, *number, &Member::number) != family.end())
      return;
    family.push_back({*number, directory, std::move(subject), closeness});
  };
  for (std::size_t i = 0; i < family.size(); ++i) {
    const fs::path directory = family[i].directory;
    const bool is_disk = family[i].closeness == Member::Closeness::itself;
    for (const fs::path& entry : read_directory(directory)) {
      std::error_code ignored;
      if (!fs::exists(entry / "partition", ignored)) continue;
      const std::string name = entry.filename().string();
      if (is_disk) {
        add(entry, fmt::format("{}, a partition of {},", name, on), Member::Closeness::partition);
      } else {
        add(entry, fmt::format("{}, which lies on {},", name, on), Member::Closeness::above);
      }
    }
    for (const fs::path& holder : read_directory(directory / "holders"))
      add(holder, fmt::format("{}, which lies on {},", holder.filename().string(), on),
          Member::Closeness::above);
  }
  return family;
}

void add_uses(const std::vector<Member>& family, const KernelTables& tables,
              std::vector<Finding>& findings) {
  const std::vector<MountedDevice> mounts = read_mounted_devices(tables);
  const std::vector<struct stat> swaps = read_swaps(tables);
  for (const Member& member : family) {
    const auto mount = std::ranges::find(mounts, member.number, &MountedDevice::number);
    if (mount != mounts.end())
      findings.push_back({FindingKind::mounted,
                          fmt::format("{} is mounted at {}", member.subject, shown(mount->point))});
    if (std::ranges::any_of(swaps, [&member](const struct stat& swap) {
          return S_ISBLK(swap.st_mode) && swap.st_rdev == member.number;
        }))
      findings.push_back({FindingKind::swap, member.subject + " is in use as swap space"});
    // What lies higher up is held by what was reported below it.
    if (member.closeness == Member::Closeness::above) continue;
    for (const fs::path& holder : read_directory(member.directory / "holders"))
      findings.push_back({FindingKind::held, fmt::format("{} is held by {}", member.subject,
                                                         holder.filename().string())});
  }
}

// The loop devices on a file or a block device, and what uses those.
template <class IsBacking>
void add_loops(const std::string& path, const KernelTables& tables, const IsBacking& is_backing,
               std::vector<Finding>& findings) {
  for (const fs::path& disk : read_directory(tables.sys + "/block")) {
    const std::string backing = read_line(disk / "loop/backing_file");
    if (backing.empty()) continue;
    const auto status = find_status(backing);
    const auto number = parse_number(read_line(disk / "dev"));
    if (!status || !number || !is_backing(*status)) continue;
    const std::string name = disk.filename().string();
    findings.push_back({FindingKind::held, fmt::format("{} is held by {}", path, name)});
    Member loop{.number = *number,
                .directory = disk,
                .subject = fmt::format("{}, which lies on {},", name, path),
                .closeness = Member::Closeness::above};
    add_uses(read_family(std::move(loop), path), tables, findings);
  }
}

bool is_same_file(const struct stat& status, const FileIdentity& file) {
  return status.st_dev == file.device && status.st_ino == file.inode;
}

}  // namespace

std::optional<dev_t> find_disk_of_partition(dev_t number, const KernelTables& tables) {
  const fs::path entry =
      fmt::format("{}/dev/block/{}:{}", tables.sys, major(number), minor(number));
  std::error_code error;
  if (!fs::exists(entry / "partition", error)) return {};
  return parse_number(read_line(fs::canonical(entry, error).parent_path() / "dev"));
}

std::vector<Finding> read_uses_of_disk(const std::string& path, dev_t number,
                                       const KernelTables& tables) {
  Member disk{
      .number = number,
      .directory = fmt::format("{}/dev/block/{}:{}", tables.sys, major(number), minor(number)),
      .subject = path,
      .closeness = Member::Closeness::itself};
  std::vector<Finding> findings;
  add_uses(read_family(std::move(disk), path), tables, findings);
  add_loops(
      path, tables,
      [number](const struct stat& backing) {
        return S_ISBLK(backing.st_mode) && backing.st_rdev == number;
      },
      findings);
  return findings;
}

std::vector<Finding> read_uses_of_file(const std::string& path, FileIdentity file,
                                       const KernelTables& tables) {
  std::vector<Finding> findings;
  if (std::ranges::any_of(read_swaps(tables), [&file](const struct stat& swap) {
        return S_ISREG(swap.st_mode) && is_same_file(swap, file);
      }))
    findings.push_back({FindingKind::swap, path + " is in use as swap space"});

  add_loops(
      path, tables, [&file](const struct stat& backing) { return is_same_file(backing, file); },
      findings);
  return findings;
}

}  // namespace zfsrest::zfs
