#include "zfs/device_findings.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/errno_name.hpp"
#include "os/fd.hpp"
#include "zfs/device_use.hpp"
#include "zfs/disk.hpp"
#include "zfs/label.hpp"
#include "zfs/shown_text.hpp"
#include "zfs/signatures.hpp"

namespace zfsrest::zfs {
namespace {

using Findings = std::vector<Finding>;

// The least that the kernel makes a vdev of.
constexpr std::uint64_t least_bytes = 64ULL * 1024 * 1024;

// O_NONBLOCK: the open of a drive without a medium, or of a FIFO that took the place of the file,
// does not wait. O_NOCTTY: nothing becomes our terminal.
constexpr int open_flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

Finding failure_to_open(const std::string& path, int os_errno) {
  if (os_errno == ENOENT || os_errno == ENOTDIR)
    return {FindingKind::missing, path + " does not exist"};
  return {FindingKind::unreadable,
          fmt::format("{} cannot be opened: {}", path, errno_phrase(os_errno))};
}

Finding failure_to_read(const std::string& path, int os_errno) {
  return {FindingKind::unreadable,
          fmt::format("{} cannot be read: {}", path, errno_phrase(os_errno))};
}

std::string_view type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return "a regular file";
    case S_IFBLK:
      return "a block device";
    case S_IFCHR:
      return "a character device";
    case S_IFDIR:
      return "a directory";
    case S_IFIFO:
      return "a FIFO";
    case S_IFSOCK:
      return "a socket";
    default:
      return "something else";
  }
}

std::optional<Finding> find_wrong_type(const std::string& path, LeafKind kind, mode_t mode) {
  const mode_t wanted = kind == LeafKind::file ? S_IFREG : S_IFBLK;
  if ((mode & S_IFMT) == wanted) return std::nullopt;
  return Finding{FindingKind::wrong_type,
                 fmt::format("{} is {}, not {}", path, type_of(mode), type_of(wanted))};
}

Result<std::uint64_t> read_size(int fd, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return static_cast<std::uint64_t>(status.st_size);
  std::uint64_t size_bytes = 0;
  if (::ioctl(fd, BLKGETSIZE64, &size_bytes) != 0) return os::last_error("size");
  return size_bytes;
}

// How much of it a vdev would have.
std::uint64_t usable_bytes(int fd, LeafKind kind, std::uint64_t size_bytes) {
  int sector_bytes = 0;
  if (kind != LeafKind::whole_disk || ::ioctl(fd, BLKSSZGET, &sector_bytes) != 0) return size_bytes;
  const auto sector = static_cast<std::uint64_t>(sector_bytes);
  return DiskGeometry{.sectors = size_bytes / sector, .sector_bytes = sector}
             .data_sectors()
             .value_or(0) *
         sector;
}

Findings find_too_small(const std::string& path, LeafKind kind, std::uint64_t bytes) {
  if (bytes >= least_bytes) return {};
  return {{FindingKind::too_small,
           fmt::format("{} {} {} bytes; a pool takes none of less than {}", path,
                       kind == LeafKind::whole_disk ? "has, once it is partitioned," : "has", bytes,
                       least_bytes)}};
}

// An exclusive open asks the kernel whether anybody has claimed the disk: mounts and swap do, and
// RAID, volumes and pools. It is given back at once; nothing is to be kept from a disk that is only
// looked at.
bool is_claimed(const std::string& path) {
  const os::Fd claim(::open(path.c_str(), open_flags | O_EXCL));
  return !claim && errno == EBUSY;
}

// Who could put another file in the place of this one after it was looked at, and before the kernel
// opens it.
Findings find_replaceable(const std::string& path, const struct stat& file) {
  const auto is_trusted = [](uid_t owner) { return owner == 0 || owner == ::geteuid(); };
  const auto finding = [&](const std::string& directory) {
    return Findings{
        {FindingKind::replaceable,
         fmt::format("{} can be replaced by others, who may change {}", path, directory)}};
  };
  uid_t owner_below = file.st_uid;
  for (std::size_t end = path.rfind('/'); end != std::string::npos;
       end = end == 0 ? std::string::npos : path.rfind('/', end - 1)) {
    const std::string directory = end == 0 ? "/" : path.substr(0, end);
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0 || !is_trusted(status.st_uid))
      return finding(directory);
    const bool is_shared =
        (status.st_mode & S_IWOTH) != 0 ||
        ((status.st_mode & S_IWGRP) != 0 && status.st_gid != 0 && status.st_gid != ::getegid());
    // Where the sticky bit is set, others can only replace what is theirs.
    const bool is_sticky = (status.st_mode & S_ISVTX) != 0 && is_trusted(owner_below);
    if (is_shared && !is_sticky) return finding(directory);
    owner_below = status.st_uid;
  }
  return {};
}

Findings read_uses(const std::string& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) {
    Findings findings = read_uses_of_file(path, {status.st_dev, status.st_ino});
    std::ranges::move(find_replaceable(path, status), std::back_inserter(findings));
    return findings;
  }
  return read_uses_of_device(path, status.st_rdev);
}

std::string describe(const std::string& path, const PoolLabel& label) {
  switch (label.state) {
    case PoolLabel::State::spare:
      return path + " carries the label of a hot spare";
    case PoolLabel::State::l2cache:
      return path + " carries the label of a cache device";
    case PoolLabel::State::exported:
      return fmt::format("{} carries the label of pool {} (exported)", path, shown(label.pool));
    default:
      return fmt::format(
          "{} carries the label of pool {} (in use, or not exported when it was last used)", path,
          shown(label.pool));
  }
}

Finding finding_of(const std::string& path, const Signature& signature) {
  const std::string labelled = signature.label.empty() ? "" : " labelled " + shown(signature.label);
  const std::string_view article =
      std::string_view("aeioux").find(signature.type.front()) == std::string_view::npos ? "a"
                                                                                        : "an";
  switch (signature.kind) {
    case Signature::Kind::file_system:
      return {FindingKind::file_system, fmt::format("{} carries {} {} file system{}", path, article,
                                                    signature.type, labelled)};
    case Signature::Kind::partition_table:
      return {FindingKind::partition_table,
              fmt::format("{} carries a partition table ({})", path, signature.type)};
    case Signature::Kind::zfs_member:
      return {FindingKind::pool_label,
              path + " carries uberblocks of a pool, but no label that names it"};
    case Signature::Kind::other:
      break;
  }
  return {FindingKind::other_signature,
          fmt::format("{} carries {} {} signature{}", path, article, signature.type, labelled)};
}

// What a stretch of a device holds: labels of pools, and everything else.
struct Contents {
  std::vector<PoolLabel> labels;
  std::vector<Signature> signatures;
};

Result<Contents> read_contents(int fd, Extent where) {
  Contents contents{.labels = TRY(read_labels(fd, where)),
                    .signatures = TRY(read_signatures(fd, where))};
  // libblkid finds a pool by its uberblocks. The label says more: it is there before the first of
  // them is, and it knows whether the pool still wants the device.
  if (!contents.labels.empty())
    std::erase_if(contents.signatures, [](const Signature& signature) {
      return signature.kind == Signature::Kind::zfs_member;
    });
  return contents;
}

void add_findings(const std::string& path, const Contents& contents, Findings& findings) {
  for (const Signature& signature : contents.signatures)
    findings.push_back(finding_of(path, signature));
  for (const PoolLabel& label : contents.labels)
    if (!is_free_to_take(label))
      findings.push_back({FindingKind::pool_label, describe(path, label)});
}

Result<Findings> find_contents(const std::string& path, int fd, std::uint64_t size_bytes) {
  Contents whole = TRY(read_contents(fd, {.bytes = size_bytes}));
  Contents inside;
  if (const auto partition = TRY(find_zfs_partition(fd)))
    inside = TRY(read_contents(fd, *partition));
  // A table that ZFS made holds what its partition does; where a pool has been in it, that tells.
  if (!inside.labels.empty())
    std::erase_if(whole.signatures, [](const Signature& signature) {
      return signature.kind == Signature::Kind::partition_table;
    });
  Findings findings;
  add_findings(path, whole, findings);
  add_findings(path, inside, findings);
  return findings;
}

}  // namespace

bool can_be_overwritten(FindingKind kind) {
  switch (kind) {
    case FindingKind::missing:
    case FindingKind::wrong_type:
    case FindingKind::unreadable:
    case FindingKind::too_small:
      return false;
    case FindingKind::mounted:
    case FindingKind::swap:
    case FindingKind::held:
    case FindingKind::replaceable:
    case FindingKind::file_system:
    case FindingKind::partition_table:
    case FindingKind::pool_label:
    case FindingKind::other_signature:
      return true;
  }
  return false;
}

std::vector<Finding> read_findings(const std::string& path, LeafKind kind) {
  // The type is known before anything is opened, for the open of some devices does something.
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return {failure_to_open(path, errno)};
  if (auto wrong = find_wrong_type(path, kind, status.st_mode)) return {std::move(*wrong)};
  const os::Fd fd(::open(path.c_str(), open_flags));
  if (!fd) return {failure_to_open(path, errno)};
  // What was opened need not be what was there a moment ago.
  if (::fstat(fd.get(), &status) != 0) return {failure_to_open(path, errno)};
  if (auto wrong = find_wrong_type(path, kind, status.st_mode)) return {std::move(*wrong)};

  const auto size_bytes = read_size(fd.get(), status);
  if (!size_bytes.ok()) return {failure_to_read(path, size_bytes.error().os_errno)};
  Findings findings = find_too_small(path, kind, usable_bytes(fd.get(), kind, size_bytes.value()));
  std::ranges::move(read_uses(path, status), std::back_inserter(findings));
  auto contents = find_contents(path, fd.get(), size_bytes.value());
  if (contents.ok())
    std::ranges::move(contents.value(), std::back_inserter(findings));
  else
    findings.push_back(failure_to_read(path, contents.error().os_errno));
  return findings;
}

std::vector<Finding> read_uses_of_device(const std::string& path, dev_t device) {
  Findings findings = read_uses_of_disk(path, device);
  // What is listed above claims the disk as well, and says more. What remains are claims that have
  // no entry here: a pool, a mount in another namespace, a program.
  if (findings.empty() && is_claimed(path))
    findings.push_back(
        {FindingKind::held, path + " is held by somebody: the kernel calls it busy"});
  return findings;
}

std::string without_links(const std::string& path) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(path, error);
  return error ? path : resolved.string();
}

std::vector<std::optional<std::string>> find_same_devices(const std::vector<std::string>& paths) {
  // A disk is its number, wherever its node lies.
  using Identity = std::tuple<bool, dev_t, ino_t>;
  std::map<Identity, std::string> first;
  std::vector<std::optional<std::string>> same(paths.size());
  std::vector<std::optional<dev_t>> disks(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    struct stat status{};
    if (::stat(paths[i].c_str(), &status) != 0) continue;
    const bool is_device = S_ISBLK(status.st_mode);
    if (is_device) disks[i] = find_disk_of_partition(status.st_rdev);
    const auto [known, is_new] =
        first.emplace(is_device ? Identity(true, status.st_rdev, 0)
                                : Identity(false, status.st_dev, status.st_ino),
                      paths[i]);
    if (!is_new) same[i] = known->second;
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (same[i] || !disks[i]) continue;
    if (const auto disk = first.find(Identity(true, *disks[i], 0)); disk != first.end())
      same[i] = disk->second;
  }
  return same;
}

}  // namespace zfsrest::zfs
