// Disks that a pool gets: which of them are whole, how ZFS partitions those, and what udev knows
// about them that a pool remembers.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "os/fd.hpp"

namespace zfsrest::zfs {

// The number of the block device that the path leads to, if it leads to one.
std::optional<dev_t> find_block_device(const std::string& path);

// Whether the block device at `path` is what the stock tools partition: a disk of its own, or a
// volume, but no partition, loop device or work of the device mapper.
bool is_whole_disk(const std::string& path);

// Where ZFS's partition lies on a whole disk, in sectors. The rest are the partition tables at both
// ends and a reserve, by which a disk that is a little smaller can take this one's place.
struct DiskGeometry {
  std::uint64_t sectors = 0;
  std::uint64_t sector_bytes = 512;

  // So many whatever their size.
  static constexpr std::uint64_t first_sector = 2'048;
  static constexpr std::uint64_t reserved_sectors = 16'384;
  // Nothing if the disk is too small to hold any of it.
  std::optional<std::uint64_t> data_sectors() const;
};

// The types of ZFS's two partitions in a GPT, as libblkid writes them.
inline constexpr std::string_view zfs_data_type = "6a898cc3-1dd2-11b2-99a6-080020736631";
inline constexpr std::string_view zfs_reserve_type = "6a945a3b-1dd2-11b2-99a6-080020736631";

// The path by which udev or the kernel knows the first partition of the disk that `path` leads to.
std::string first_partition_of(const std::string& path);

// A whole disk that nobody else can claim while this exists, ready to be partitioned.
class ClaimedDisk {
 public:
  // Changes nothing. Fails with device_in_use if somebody has claimed the disk or has a partition
  // of it open, and with bad_request if it cannot be written.
  static Result<ClaimedDisk> claim(const std::string& path);

  const std::string& path() const { return path_; }

  // Gives it the partition table that the stock tools write, whatever was on it.
  Result<Nothing> write_table() const;

 private:
  ClaimedDisk(std::string path, os::Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  os::Fd fd_;
};

// Waits until the first partition of a disk that was just partitioned, and let go, is there, at
// most 30 s, and returns its path: the lasting name if udev makes one, else the kernel's.
Result<std::string> wait_for_partition(const std::string& path);

// Writes that table into a disk or a file that is open for writing, and clears what a look for
// signatures could find at the ends of disk and partition.
Result<Nothing> write_partition_table(int fd, const std::string& path);

// What a pool remembers of a disk besides its path, so that it is found when that has changed.
struct DiskIdentity {
  std::optional<std::string> devid;      // below /dev/disk/by-id
  std::optional<std::string> phys_path;  // udev's name of the place where it is plugged in
};
DiskIdentity read_identity(const std::string& path);

}  // namespace zfsrest::zfs
