// The partition table that a whole disk gets. What is written is read again by the real tools.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "os/fd.hpp"
#include "zfs/disk.hpp"
#include "zfs/signatures.hpp"

namespace zfsrest::zfs {
namespace {

constexpr std::uint64_t mib = 1024 * 1024;

class DiskFile : public testing::Test {
 protected:
  void SetUp() override { grow(256 * mib); }
  void TearDown() override { std::filesystem::remove(path_); }
  void grow(std::uint64_t bytes) const {
    std::ofstream(path_, std::ios::app);
    std::filesystem::resize_file(path_, bytes);
  }
  Result<Nothing> write_table() const {
    const os::Fd fd(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    return write_partition_table(fd.get(), path_);
  }
  // Without the lines and words that are different each time.
  std::string read_table() const {
    FILE* pipe = ::popen(("PATH=$PATH:/usr/sbin:/sbin sfdisk -d " + path_ + " 2>&1").c_str(), "re");
    std::string text;
    std::array<char, 4096> part{};
    for (std::size_t got; (got = std::fread(part.data(), 1, part.size(), pipe)) > 0;)
      text.append(part.data(), got);
    ::pclose(pipe);
    std::istringstream lines(text);
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("label-id") || line.starts_with("device")) continue;
      for (const char* word : {", uuid=", ", name=\"zfs-"})
        if (const auto at = line.find(word); at != std::string::npos)
          line.erase(at, line.find(',', at + 1) - at);
      if (const auto colon = line.find(" : "); colon != std::string::npos) line.erase(0, colon + 3);
      kept += line + "\n";
    }
    return kept;
  }

  const std::string path_ = "/dev/shm/zfsrest-disk-" + std::to_string(::getpid());
};

TEST_F(DiskFile, ItsTableIsTheOneOfTheStockTools) {
  ASSERT_TRUE(write_table().ok());
  EXPECT_EQ(read_table(),
            "label: gpt\nunit: sectors\nfirst-lba: 34\nlast-lba: 524254\nsector-size: 512\n\n"
            "start=        2048, size=      503808, type=6A898CC3-1DD2-11B2-99A6-080020736631\n"
            "start=      505856, size=       16384, type=6A945A3B-1DD2-11B2-99A6-080020736631\n");
}

TEST_F(DiskFile, WhatWasOnItIsGone) {
  std::ofstream(path_, std::ios::in).seekp(static_cast<std::streamoff>(255 * mib)) << "old";
  std::ofstream(path_, std::ios::in) << std::string(4096, 'x');
  ASSERT_TRUE(write_table().ok());
  std::ifstream file(path_);
  std::string head(4096, ' ');
  file.read(head.data(), 400);
  EXPECT_EQ(head.find('x'), std::string::npos);
  file.seekg(static_cast<std::streamoff>(255 * mib));
  EXPECT_EQ(file.get(), 0);
  // And again, over what it has written itself.
  const std::string first = read_table();
  ASSERT_TRUE(write_table().ok());
  EXPECT_EQ(read_table(), first);
}

TEST_F(DiskFile, OneThatIsTooSmallIsLeftAsItIs) {
  grow(10 * mib);
  std::ofstream(path_, std::ios::in) << "x";
  const auto refused = write_table();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().os_errno, EOVERFLOW);
  EXPECT_EQ(std::ifstream(path_).get(), 'x');
}

TEST_F(DiskFile, ThePartitionIsFoundAgainUnlessThereAreOthers) {
  const os::Fd fd(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_FALSE(find_zfs_partition(fd.get()).value());
  ASSERT_TRUE(write_table().ok());
  const auto found = find_zfs_partition(fd.get()).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->offset_bytes, mib);
  EXPECT_EQ(found->bytes, 503'808U * 512);
  for (const char* script : {"label: gpt\\n,32M\\n", "label: gpt\\n",
                             "label: gpt\\n,32M,6A898CC3-1DD2-11B2-99A6-080020736631\\n"}) {
    ASSERT_EQ(std::system(("printf '" + std::string(script) +
                           "' | PATH=$PATH:/usr/sbin:/sbin sfdisk -q " + path_)
                              .c_str()),
              0);
    EXPECT_FALSE(find_zfs_partition(fd.get()).value()) << script;
  }
}

TEST(Disk, ThePathOfAPartitionFollowsFromThatOfItsDisk) {
  EXPECT_EQ(first_partition_of("/dev/sda"), "/dev/sda1");
  EXPECT_EQ(first_partition_of("/dev/nvme0n1"), "/dev/nvme0n1p1");
  EXPECT_EQ(first_partition_of("/dev/disk/by-id/virtio-a1"), "/dev/disk/by-id/virtio-a1-part1");
  EXPECT_EQ(first_partition_of("/dev/zvol/tank/a"), "/dev/zvol/tank/a-part1");
}

TEST(Disk, WhatIsNoBlockDeviceIsNoWholeDisk) {
  EXPECT_FALSE(is_whole_disk("/dev/null"));
  EXPECT_FALSE(is_whole_disk("/dev/nowhere"));
  EXPECT_FALSE(read_identity("/dev/null").devid);
}

TEST(Disk, SectorsOf4KibAreCountedAsSuch) {
  const DiskGeometry geometry{.sectors = 256 * mib / 4096, .sector_bytes = 4096};
  // 8 MiB in front, 64 MiB and the table behind, in steps of 8 MiB.
  EXPECT_EQ(geometry.data_sectors(), 22U * 2'048);
}

}  // namespace
}  // namespace zfsrest::zfs
