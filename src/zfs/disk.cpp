#include "zfs/disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libfdisk/libfdisk.h>
#include <libudev.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <new>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include "base/errno_name.hpp"
#include "zfs/label.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t data_number = 0;  // shown as 1
constexpr std::size_t reserve_number = 8;

constexpr std::uint64_t alignment = 2'048;
// A table of 128 entries, as large as it usually is, with its header and the protective MBR.
constexpr std::uint64_t table_bytes = 16ULL * 1024;

struct FdiskDeleter {
  void operator()(fdisk_context* context) const { fdisk_unref_context(context); }
  void operator()(fdisk_partition* partition) const { fdisk_unref_partition(partition); }
  void operator()(fdisk_parttype* type) const { fdisk_unref_parttype(type); }
};
struct UdevDeleter {
  void operator()(udev* context) const { udev_unref(context); }
  void operator()(udev_device* device) const { udev_device_unref(device); }
  void operator()(udev_queue* queue) const { udev_queue_unref(queue); }
};
using Context = std::unique_ptr<fdisk_context, FdiskDeleter>;
using Udev = std::unique_ptr<udev, UdevDeleter>;

template <class Handle>
Handle must(Handle handle) {
  if (!handle) throw std::bad_alloc();
  return handle;
}

fs::path sysfs_of(dev_t device) {
  return fmt::format("/sys/dev/block/{}:{}", major(device), minor(device));
}

// libfdisk answers with negative errnos, and where it has none, something was wrong with the
// device.
Result<Nothing> done(int rc, const std::string& path) {
  if (rc >= 0) return Nothing{};
  return Error::of_errno(rc == -1 ? EIO : -rc, path);
}

Result<Context> make_context(int fd, const std::string& path) {
  Context context(must(fdisk_new_context()));
  fdisk_disable_dialogs(context.get(), 1);
  TRY(done(fdisk_assign_device_by_fd(context.get(), fd, path.c_str(), 0), path));
  return context;
}

DiskGeometry geometry_of(const Context& context) {
  return {.sectors = fdisk_get_nsectors(context.get()),
          .sector_bytes = fdisk_get_sector_size(context.get())};
}

struct NewPartition {
  std::size_t number;
  std::uint64_t first_sector;
  std::uint64_t sectors;
  std::string_view type;
  std::string name;
};

Result<Nothing> add_partition(const Context& context, const NewPartition& wanted,
                              const std::string& path) {
  const std::unique_ptr<fdisk_partition, FdiskDeleter> partition(must(fdisk_new_partition()));
  const std::unique_ptr<fdisk_parttype, FdiskDeleter> type(must(fdisk_label_parse_parttype(
      fdisk_get_label(context.get(), nullptr), std::string(wanted.type).c_str())));
  fdisk_partition_set_partno(partition.get(), wanted.number);
  fdisk_partition_set_start(partition.get(), wanted.first_sector);
  fdisk_partition_set_size(partition.get(), wanted.sectors);
  fdisk_partition_set_type(partition.get(), type.get());
  if (!wanted.name.empty()) fdisk_partition_set_name(partition.get(), wanted.name.c_str());
  return done(fdisk_add_partition(context.get(), partition.get(), nullptr), path);
}

// Clears the first and the last mebibyte of a stretch. There are labels of a pool, and superblocks
// of others, which nobody is to find again.
Result<Nothing> clear_ends(int fd, Extent where, const std::string& path) {
  constexpr std::size_t end_bytes = std::size_t{1024} * 1024;
  const std::vector<char> zeros(end_bytes);
  for (const std::uint64_t at :
       {where.offset_bytes, where.offset_bytes + where.bytes - end_bytes}) {
    for (std::size_t written = 0; written < end_bytes;) {
      const ssize_t more = ::pwrite(fd, zeros.data() + written, end_bytes - written,
                                    static_cast<off_t>(at + written));
      if (more < 0 && errno == EINTR) continue;
      if (more <= 0) return os::last_error(path);
      written += static_cast<std::size_t>(more);
    }
  }
  return Nothing{};
}

// Until udev has done what it does about new partitions, their links are not there, or are those of
// the partitions before.
bool is_settled(const Udev& context) {
  const std::unique_ptr<udev_queue, UdevDeleter> queue(must(udev_queue_new(context.get())));
  return udev_queue_get_queue_is_empty(queue.get()) != 0;
}

// The kernel's own node of a disk's first partition.
std::string kernel_partition_of(dev_t disk) {
  std::error_code error;
  const std::string name = fs::canonical(sysfs_of(disk), error).filename();
  return first_partition_of("/dev/" + name);
}

// The value of a property, or nothing if it has none.
std::optional<std::string> find_property(udev_device* device, const char* name) {
  const char* value = udev_device_get_property_value(device, name);
  if (!value || !*value) return {};
  return value;
}

// The first of a device's links that begins so, without what `cut` says.
std::optional<std::string> find_link(udev_device* device, std::string_view beginning,
                                     std::size_t cut) {
  for (udev_list_entry* link = udev_device_get_devlinks_list_entry(device); link;
       link = udev_list_entry_get_next(link)) {
    const std::string_view name = udev_list_entry_get_name(link);
    if (name.starts_with(beginning)) return std::string(name.substr(cut));
  }
  return {};
}

bool is_nvme(udev_device* device) {
  udev_device* parent = udev_device_get_parent(device);
  const char* subsystem = parent ? udev_device_get_subsystem(parent) : nullptr;
  return subsystem && std::string_view(subsystem) == "nvme";
}

std::optional<std::string> find_devid(udev_device* device) {
  constexpr std::string_view by_id = "/dev/disk/by-id/";
  auto bus = find_property(device, "ID_BUS");
  if (!bus) {
    if (const auto mapped = find_property(device, "DM_UUID")) return "dm-uuid-" + *mapped;
    if (auto volume = find_link(device, "/dev/zvol/", 0)) return volume;
    if (!is_nvme(device)) return {};
    bus = "nvme";
  }
  return find_link(device, fmt::format("{}{}-", by_id, *bus), by_id.size());
}

}  // namespace

std::optional<dev_t> find_block_device(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) return {};
  return status.st_rdev;
}

bool is_whole_disk(const std::string& path) {
  const auto device = find_block_device(path);
  if (!device) return false;
  std::error_code ignored;
  const fs::path sysfs = sysfs_of(*device);
  const auto is_a = [&](const char* mark) { return fs::exists(sysfs / mark, ignored); };
  return is_a("queue") && !is_a("partition") && !is_a("dm") && !is_a("loop");
}

std::optional<std::uint64_t> DiskGeometry::data_sectors() const {
  // The last usable sector is followed by the second table and its header.
  const std::uint64_t behind = table_bytes / sector_bytes + 1 + reserved_sectors;
  if (sectors < first_sector + behind + alignment) return {};
  return (sectors - first_sector - behind) / alignment * alignment;
}

std::string first_partition_of(const std::string& path) {
  if (path.starts_with("/dev/disk/") || path.starts_with("/dev/zvol/")) return path + "-part1";
  const bool ends_in_digit = !path.empty() && path.back() >= '0' && path.back() <= '9';
  return path + (ends_in_digit ? "p1" : "1");
}

Result<Nothing> write_partition_table(int fd, const std::string& path) {
  const DiskGeometry geometry = geometry_of(TRY(make_context(fd, path)));
  const auto data = geometry.data_sectors();
  if (!data) return Error::of_errno(EOVERFLOW, path);
  TRY(clear_ends(fd, {.bytes = geometry.sectors * geometry.sector_bytes}, path));
  TRY(clear_ends(fd,
                 {.offset_bytes = DiskGeometry::first_sector * geometry.sector_bytes,
                  .bytes = *data * geometry.sector_bytes},
                 path));
  // Made after the old table is gone, of which it would keep something.
  const Context context = TRY(make_context(fd, path));
  // Everything behind the table is usable, as the stock tools write it.
  fdisk_set_first_lba(context.get(), table_bytes / geometry.sector_bytes + 2);
  TRY(done(fdisk_create_disklabel(context.get(), "gpt"), path));
  // ZFS makes up a name for the partition, so that no two are called the same.
  std::random_device random;
  const std::string name = fmt::format("zfs-{:08x}{:08x}", random(), random());
  TRY(add_partition(context,
                    {.number = data_number,
                     .first_sector = DiskGeometry::first_sector,
                     .sectors = *data,
                     .type = zfs_data_type,
                     .name = name},
                    path));
  TRY(add_partition(context,
                    {.number = reserve_number,
                     .first_sector = DiskGeometry::first_sector + *data,
                     .sectors = DiskGeometry::reserved_sectors,
                     .type = zfs_reserve_type,
                     .name = {}},
                    path));
  TRY(done(fdisk_write_disklabel(context.get()), path));
  if (::fsync(fd) != 0) return os::last_error(path);
  return Nothing{};
}

Result<ClaimedDisk> ClaimedDisk::claim(const std::string& path) {
  const auto refuse = [&path](int os_errno) {
    const bool is_busy = os_errno == EBUSY || os_errno == EWOULDBLOCK;
    return Error{.code = is_busy ? Code::device_in_use : Code::bad_request,
                 .os_errno = os_errno,
                 .subject = path,
                 .detail = is_busy ? path + " is held by somebody, or a partition of it is open"
                                   : path + " cannot be written: " + errno_phrase(os_errno)};
  };
  os::Fd fd(::open(path.c_str(), O_RDWR | O_EXCL | O_CLOEXEC));
  if (!fd) return refuse(errno);
  // udev keeps away from a disk that is locked so, and looks at it when it is not any more. It may
  // be looking now.
  constexpr auto patience = std::chrono::seconds(5);
  const auto until = std::chrono::steady_clock::now() + patience;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() >= until) return refuse(errno);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  // The kernel takes no new table while a partition is open, claimed or not.
  if (::ioctl(fd.get(), BLKRRPART) != 0) return refuse(errno);
  return ClaimedDisk(path, std::move(fd));
}

Result<Nothing> ClaimedDisk::write_table() const {
  const auto fail = [this](int os_errno) {
    return Error{.code = Code::wrong_state,
                 .os_errno = os_errno,
                 .subject = path_,
                 .detail = path_ + " could not be partitioned: " + errno_phrase(os_errno)};
  };
  if (auto written = write_partition_table(fd_.get(), path_); !written.ok())
    return fail(written.error().os_errno);
  // Not by libfdisk, which waits for all other disks of the host to be synchronised first.
  return ::ioctl(fd_.get(), BLKRRPART) == 0 ? Result<Nothing>(Nothing{}) : fail(errno);
}

Result<std::string> wait_for_partition(const std::string& path) {
  constexpr auto patience = std::chrono::seconds(30);
  constexpr auto pause = std::chrono::milliseconds(10);
  // udev hears of it a little later than we go on.
  constexpr int settled_enough = 5;
  constexpr int settled_for_good = 50;
  const auto disk = find_block_device(path);
  if (!disk) return Error::of_errno(ENODEV, path);
  const Udev context(must(udev_new()));
  const std::string lasting = first_partition_of(path);
  const std::string kernel = kernel_partition_of(*disk);
  const auto until = std::chrono::steady_clock::now() + patience;
  for (int settled = 0; std::chrono::steady_clock::now() < until;) {
    settled = is_settled(context) ? settled + 1 : 0;
    if (settled >= settled_enough) {
      const auto node = find_block_device(kernel);
      if (node && find_block_device(lasting) == node) return lasting;
      if (node && settled >= settled_for_good) return kernel;
    }
    std::this_thread::sleep_for(pause);
  }
  return Error{.code = Code::device_in_use,
               .subject = path,
               .detail = path + " was partitioned, but its first partition did not appear"};
}

DiskIdentity read_identity(const std::string& path) {
  const auto number = find_block_device(path);
  if (!number) return {};
  const Udev context(must(udev_new()));
  const std::unique_ptr<udev_device, UdevDeleter> device(
      udev_device_new_from_devnum(context.get(), 'b', *number));
  if (!device) return {};
  DiskIdentity identity{.devid = find_devid(device.get()), .phys_path = {}};
  // A place without a name of what is there would be taken for the disk's own.
  if (!identity.devid) return identity;
  identity.phys_path = find_property(device.get(), "ID_PATH");
  if (!identity.phys_path) identity.phys_path = find_property(device.get(), "ID_VDEV");
  if (!identity.phys_path) identity.phys_path = find_link(device.get(), "/dev/zvol/", 0);
  return identity;
}

}  // namespace zfsrest::zfs
