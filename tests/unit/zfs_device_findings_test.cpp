// Which devices and files are free to become part of a pool. What is found is made by the real
// tools.
#include <blkid/blkid.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "os/fd.hpp"
#include "zfs/device_findings.hpp"
#include "zfs/device_use.hpp"
#include "zfs/label.hpp"
#include "zfs/nvlist.hpp"
#include "zfs/shown_text.hpp"

// Of libnvpair. Its headers shadow those of libc, and one function is not worth that.
extern "C" int nvlist_pack(nvlist*, char**, size_t*, int encoding, int flag);

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t label_bytes = mebibyte / 4;
constexpr std::uint64_t list_offset = 16 * 1024;
constexpr int xdr_encoding = 1;
constexpr int native_encoding = 0;

// Findings as "kind: detail".
using Texts = std::vector<std::string>;
const Texts none;

std::string word_of(FindingKind kind) {
  constexpr std::array words{
      "missing", "wrong_type",  "unreadable",  "too_small",       "mounted",    "swap",
      "held",    "replaceable", "file_system", "partition_table", "pool_label", "other_signature"};
  return words.at(static_cast<std::size_t>(kind));
}

Texts texts_of(const std::vector<Finding>& findings) {
  Texts texts;
  for (const Finding& finding : findings)
    texts.push_back(word_of(finding.kind) + ": " + finding.detail);
  return texts;
}

void write_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

void write_at(const std::string& path, std::uint64_t offset, const std::string& bytes) {
  const os::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)),
            static_cast<ssize_t>(bytes.size()));
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

NvList list_of(const PoolLabel& label, std::uint64_t state) {
  NvList list;
  list.add_u64("version", 5000);
  list.add_u64("state", state);
  list.add_u64("guid", label.vdev_guid);
  if (label.pool.empty()) return list;
  list.add_text("name", label.pool);
  list.add_u64("txg", label.txg);
  list.add_u64("pool_guid", label.pool_guid);
  NvList tree;
  tree.add_text("type", "file");
  tree.add_text("path", "/srv/a");
  list.add_list("vdev_tree", tree);
  return list;
}

std::string pack(const NvList& list, int encoding = xdr_encoding) {
  char* bytes = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(nvlist_pack(list.raw(), &bytes, &size, encoding, 0), 0);
  std::string packed(bytes, size);
  std::free(bytes);  // NOLINT(cppcoreguidelines-no-malloc): as libnvpair allocates it.
  return packed;
}

const PoolLabel tank{.pool = "tank", .pool_guid = 11, .vdev_guid = 12, .txg = 40};
const PoolLabel flood{.pool = "flood", .pool_guid = 21, .vdev_guid = 22, .txg = 7};
const PoolLabel auxiliary{.vdev_guid = 32};

constexpr std::array all_four{0, 1, 2, 3};

class DeviceFindings : public testing::Test {
 protected:
  DeviceFindings() {
    std::string pattern = "/dev/shm/zfsrest-findings-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~DeviceFindings() override {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }

  std::string path(const std::string& name) const { return directory_ / name; }

  // An empty file, sparse; what was there is gone.
  std::string make_file(const std::string& name, std::uint64_t size_bytes = 64 * mebibyte) const {
    std::ofstream(path(name)).flush();
    fs::resize_file(path(name), size_bytes);
    return path(name);
  }

  // Runs a command of the shell; false if the tool is not there.
  static bool run(const std::string& command) {
    const int status =
        std::system(("PATH=$PATH:/usr/sbin:/sbin; { " + command + "; } >/dev/null 2>&1").c_str());
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return false;
    EXPECT_EQ(status, 0) << command;
    return true;
  }

  template <class Labels>
  static void write_labels(const std::string& file, const std::string& list, const Labels& which) {
    const std::uint64_t size = fs::file_size(file) / label_bytes * label_bytes;
    const std::array<std::uint64_t, 4> starts{0, label_bytes, size - 2 * label_bytes,
                                              size - label_bytes};
    for (const int i : which)
      write_at(file, starts[static_cast<std::size_t>(i)] + list_offset, list);
  }

  // A file with the four labels of a vdev of the pool.
  std::string make_member(const std::string& name, const PoolLabel& label,
                          std::uint64_t state) const {
    std::string file = make_file(name);
    write_labels(file, pack(list_of(label, state)), all_four);
    return file;
  }

  // Without the test's own directory, so that a file is called by its name.
  Texts findings_of(const std::string& path, LeafKind kind = LeafKind::file) const {
    Texts texts = texts_of(read_findings(path, kind));
    const std::string own = directory_.string() + "/";
    for (std::string& text : texts)
      for (std::size_t at = 0; (at = text.find(own)) != std::string::npos;)
        text.erase(at, own.size());
    return texts;
  }

  static std::vector<PoolLabel> labels_of(const std::string& file) {
    const os::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    auto labels = read_labels(fd.get(), {.bytes = fs::file_size(file)});
    EXPECT_TRUE(labels.ok());
    return std::move(labels).value();
  }

  fs::path directory_;
};

TEST_F(DeviceFindings, AnEmptyFileOfTheLeastSizeIsFree) {
  EXPECT_EQ(findings_of(make_file("a")), none);
}

TEST_F(DeviceFindings, AFindingNamesTheWholePath) {
  EXPECT_EQ(texts_of(read_findings(path("a"), LeafKind::file)),
            Texts{"missing: " + path("a") + " does not exist"});
}

TEST_F(DeviceFindings, AMissingFileAndADanglingLinkAreMissing) {
  fs::create_symlink(path("nowhere"), path("link"));
  make_file("file");
  EXPECT_EQ(findings_of(path("a")), Texts{"missing: a does not exist"});
  EXPECT_EQ(findings_of(path("link")), Texts{"missing: link does not exist"});
  EXPECT_EQ(findings_of(path("file/a")), Texts{"missing: file/a does not exist"});
}

TEST_F(DeviceFindings, ALinkThatLeadsToItselfIsUnreadable) {
  fs::create_symlink(path("link"), path("link"));
  EXPECT_EQ(findings_of(path("link")),
            Texts{"unreadable: link cannot be opened: Too many levels of symbolic links"});
}

TEST_F(DeviceFindings, ALinkStandsForWhatItLeadsTo) {
  fs::create_symlink(make_file("a"), path("link"));
  EXPECT_EQ(findings_of(path("link")), none);
  make_member("a", tank, 1);
  EXPECT_EQ(findings_of(path("link")),
            Texts{R"(pool_label: link carries the label of pool "tank" (exported))"});
}

TEST_F(DeviceFindings, TheWrongKindOfObjectIsRefusedWithoutOpeningIt) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  fs::create_directory(path("directory"));
  EXPECT_EQ(findings_of(path("fifo")), Texts{"wrong_type: fifo is a FIFO, not a regular file"});
  EXPECT_EQ(findings_of(path("directory")),
            Texts{"wrong_type: directory is a directory, not a regular file"});
  EXPECT_EQ(findings_of(make_file("a"), LeafKind::disk),
            Texts{"wrong_type: a is a regular file, not a block device"});
  EXPECT_EQ(findings_of("/dev/zero", LeafKind::disk),
            Texts{"wrong_type: /dev/zero is a character device, not a block device"});
}

TEST_F(DeviceFindings, AFileOneByteTooSmallIsRefusedWithBothSizes) {
  EXPECT_EQ(findings_of(make_file("a", 64 * mebibyte - 1)),
            Texts{"too_small: a has 67108863 bytes; a pool takes none of less than 67108864"});
  EXPECT_EQ(findings_of(make_file("b", 0)),
            Texts{"too_small: b has 0 bytes; a pool takes none of less than 67108864"});
}

TEST_F(DeviceFindings, OnlyWhatIsOnADeviceOrUsesItCanBeOverwritten) {
  for (const auto kind : {FindingKind::missing, FindingKind::wrong_type, FindingKind::unreadable,
                          FindingKind::too_small})
    EXPECT_FALSE(can_be_overwritten(kind)) << word_of(kind);
  for (const auto kind :
       {FindingKind::mounted, FindingKind::swap, FindingKind::held, FindingKind::file_system,
        FindingKind::partition_table, FindingKind::pool_label, FindingKind::other_signature})
    EXPECT_TRUE(can_be_overwritten(kind)) << word_of(kind);
}

TEST_F(DeviceFindings, AFileSystemIsNamedWithItsLabel) {
  if (!run("mkfs.ext4 -q -L data " + make_file("a"))) GTEST_SKIP() << "needs the package e2fsprogs";
  EXPECT_EQ(findings_of(path("a")),
            Texts{R"(file_system: a carries an ext4 file system labelled "data")"});
}

TEST_F(DeviceFindings, AFileSystemWithoutALabelIsNamedByItsType) {
  if (!run("mkfs.xfs -q " + make_file("a", 320 * mebibyte)))
    GTEST_SKIP() << "needs the package xfsprogs";
  EXPECT_EQ(findings_of(path("a")), Texts{"file_system: a carries an xfs file system"});
}

TEST_F(DeviceFindings, SwapSpaceThatIsNotInUseIsASignature) {
  if (!run("mkswap " + make_file("a"))) GTEST_SKIP() << "needs the package util-linux";
  EXPECT_EQ(findings_of(path("a")), Texts{"other_signature: a carries a swap signature"});
}

TEST_F(DeviceFindings, APartitionTableIsAFindingWithAndWithoutPartitions) {
  for (const std::string table : {"gpt", "dos"}) {
    for (const std::string partitions : {"", ", +16M\\n"}) {
      const std::string file = make_file("a");
      if (!run("printf 'label: " + table + "\\n" + partitions + "' | sfdisk -q " + file))
        GTEST_SKIP() << "needs the package fdisk";
      EXPECT_EQ(findings_of(file),
                Texts{"partition_table: a carries a partition table (" + table + ")"});
    }
  }
}

TEST_F(DeviceFindings, APartitionTableThatPointsBeyondTheEndIsFoundAllTheSame) {
  const std::string file = make_file("a");
  std::string sector(512, '\0');
  const std::string extended_partition("\0\0\0\0\x05\0\0\0\0\0\0\x7f\0\0\x10\0", 16);
  sector.replace(446, extended_partition.size(), extended_partition);
  sector.replace(510, 2, "\x55\xaa");
  write_at(file, 0, sector);
  EXPECT_EQ(findings_of(file), Texts{"partition_table: a carries a partition table (dos)"});
}

TEST_F(DeviceFindings, ThePoolOfALabelIsNamedWithItsState) {
  EXPECT_EQ(findings_of(make_member("a", tank, 1)),
            Texts{R"(pool_label: a carries the label of pool "tank" (exported))"});
  EXPECT_EQ(findings_of(make_member("b", tank, 0)),
            Texts{"pool_label: b carries the label of pool \"tank\" "
                  "(in use, or not exported when it was last used)"});
  EXPECT_EQ(findings_of(make_member("c", auxiliary, 3)),
            Texts{"pool_label: c carries the label of a hot spare"});
  EXPECT_EQ(findings_of(make_member("d", auxiliary, 4)),
            Texts{"pool_label: d carries the label of a cache device"});
}

TEST_F(DeviceFindings, ALabelIsReadWhole) {
  const std::vector<PoolLabel> labels = labels_of(make_member("a", tank, 1));
  ASSERT_EQ(labels.size(), 1U);
  EXPECT_EQ(labels[0].pool, "tank");
  EXPECT_EQ(labels[0].pool_guid, 11U);
  EXPECT_EQ(labels[0].vdev_guid, 12U);
  EXPECT_EQ(labels[0].txg, 40U);
  EXPECT_EQ(labels[0].state, PoolLabel::State::exported);
}

TEST_F(DeviceFindings, DevicesOfADestroyedPoolAreFree) {
  EXPECT_EQ(findings_of(make_member("a", tank, 2)), none);
}

TEST_F(DeviceFindings, ALabelOfAPoolThatNeverCameToUseTheDeviceIsNoFinding) {
  PoolLabel label = tank;
  label.txg = 0;
  EXPECT_EQ(findings_of(make_member("a", label, 0)), none);
  EXPECT_EQ(labels_of(path("a")).at(0).state, PoolLabel::State::unused);
}

TEST_F(DeviceFindings, EachOfTheFourLabelsSuffices) {
  for (const int i : all_four) {
    // The size counts in whole labels, so that the last ones do not end where this file does.
    const std::string file = make_file("a", 65 * mebibyte + 12345);
    write_labels(file, pack(list_of(tank, 1)), std::array{i});
    EXPECT_EQ(findings_of(file),
              Texts{R"(pool_label: a carries the label of pool "tank" (exported))"})
        << "label " << i;
  }
}

TEST_F(DeviceFindings, TheNewestLabelOfAVdevSpeaks) {
  PoolLabel newer = tank;
  newer.txg = tank.txg + 1;
  const std::string destroyed_last = make_member("a", tank, 0);
  write_labels(destroyed_last, pack(list_of(newer, 2)), std::array{0});
  EXPECT_EQ(findings_of(destroyed_last), none);
  const std::string exported_last = make_member("b", tank, 2);
  write_labels(exported_last, pack(list_of(newer, 1)), std::array{3});
  EXPECT_EQ(findings_of(exported_last),
            Texts{R"(pool_label: b carries the label of pool "tank" (exported))"});
}

TEST_F(DeviceFindings, OfEquallyNewLabelsTheOneThatClaimsTheDeviceSpeaks) {
  const std::string file = make_member("a", tank, 2);
  write_labels(file, pack(list_of(tank, 1)), std::array{2});
  EXPECT_EQ(findings_of(file),
            Texts{R"(pool_label: a carries the label of pool "tank" (exported))"});
}

TEST_F(DeviceFindings, ALabelLeftByAnEarlierPoolIsFoundBesideTheNewOne) {
  const std::string file = make_member("a", tank, 1);
  write_labels(file, pack(list_of(flood, 1)), std::array{0, 1});
  EXPECT_EQ(findings_of(file),
            (Texts{R"(pool_label: a carries the label of pool "flood" (exported))",
                   R"(pool_label: a carries the label of pool "tank" (exported))"}));
}

TEST_F(DeviceFindings, AFileSystemOverAnOldLabelLeavesBothToBeFound) {
  const std::string file = make_file("a");
  if (!run("mkfs.ext4 -q " + file)) GTEST_SKIP() << "needs the package e2fsprogs";
  write_labels(file, pack(list_of(tank, 1)), std::array{2, 3});
  EXPECT_EQ(findings_of(file),
            (Texts{"file_system: a carries an ext4 file system",
                   R"(pool_label: a carries the label of pool "tank" (exported))"}));
}

// What libblkid knows a pool by: the numbers at the start of each of the blocks that follow the
// list.
void write_uberblocks(const std::string& file) {
  const std::string block("\x0c\xb1\xba\0\0\0\0\0\x88\x13\0\0\0\0\0\0\x01\0\0\0\0\0\0\0", 24);
  for (std::uint64_t i = 0; i < 16; ++i) write_at(file, 128 * 1024 + i * 1024, block);
}

TEST_F(DeviceFindings, UberblocksWithoutALabelAreAFinding) {
  // From util-linux 2.39 on, libblkid takes only a sound label for a sign of ZFS.
  constexpr int first_that_wants_a_label = 2390;
  if (blkid_get_library_version(nullptr, nullptr) >= first_that_wants_a_label)
    GTEST_SKIP() << "this libblkid does not look for uberblocks";
  const std::string file = make_file("a");
  write_uberblocks(file);
  EXPECT_EQ(findings_of(file),
            Texts{"pool_label: a carries uberblocks of a pool, but no label that names it"});
}

TEST_F(DeviceFindings, TheLabelIsBelievedBeforeTheUberblocks) {
  const std::string destroyed = make_member("a", tank, 2);
  write_uberblocks(destroyed);
  EXPECT_EQ(findings_of(destroyed), none);
  const std::string exported = make_member("b", tank, 1);
  write_uberblocks(exported);
  EXPECT_EQ(findings_of(exported),
            Texts{R"(pool_label: b carries the label of pool "tank" (exported))"});
}

TEST_F(DeviceFindings, WhatZfsWouldNotTakeForALabelIsNone) {
  const std::string file = make_file("a");
  write_labels(file, pack(list_of(tank, 7)), all_four);
  EXPECT_TRUE(labels_of(file).empty()) << "a state that no label has";
  write_labels(file, pack(list_of(tank, 1), native_encoding), all_four);
  EXPECT_TRUE(labels_of(file).empty()) << "a list in the native form";
  write_labels(file, pack(list_of({.pool = "tank"}, 1)), all_four);
  EXPECT_TRUE(labels_of(file).empty()) << "no guid";
  write_labels(file, std::string(112 * 1024, '\x01'), all_four);
  EXPECT_TRUE(labels_of(file).empty()) << "no list";
}

TEST_F(DeviceFindings, ADamagedLabelNeverHarmsItsReader) {
  const std::string file = make_file("a");
  const std::string whole = pack(list_of(tank, 1));
  const os::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::uint32_t random = 1;
  const auto draw = [&random](std::size_t below) {
    random = random * 1664525 + 1013904223;
    return static_cast<std::size_t>(random >> 8) % below;
  };
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = whole;
    for (std::size_t left = 1 + draw(6); left > 0; --left)
      damaged[1 + draw(whole.size() - 1)] = static_cast<char>(draw(256));
    write_labels(file, damaged, std::array{0});
    ASSERT_TRUE(read_labels(fd.get(), {.bytes = 64 * mebibyte}).ok()) << "round " << round;
  }
}

TEST_F(DeviceFindings, ANameOnDiskCannotForgeTheSentence) {
  PoolLabel label = tank;
  label.pool = "t\"\n\xff\xc3\xa4";
  EXPECT_EQ(
      findings_of(make_member("a", label, 1)),
      Texts{"pool_label: a carries the label of pool \"t\\x22\\x0a\\xff\xc3\xa4\" (exported)"});
}

TEST(ShownText, KeepsWellFormedTextAndSpellsOutTheRest) {
  EXPECT_EQ(shown("a b"), "\"a b\"");
  EXPECT_EQ(shown("\xe2\x82\xac\xf0\x9f\x90\xa7"), "\"\xe2\x82\xac\xf0\x9f\x90\xa7\"");
  EXPECT_EQ(shown("\xc0\xaf"), "\"\\xc0\\xaf\"") << "an overlong form";
  EXPECT_EQ(shown("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"") << "a surrogate";
  EXPECT_EQ(shown("\xe2\x82"), "\"\\xe2\\x82\"") << "a character cut short";
  EXPECT_EQ(shown("\xc2\x85"), "\"\\xc2\\x85\"") << "a control character";
  EXPECT_LT(shown(std::string(100'000, 'x')).size(), 1100U);
}

TEST_F(DeviceFindings, LookingChangesNothing) {
  const std::string file = make_member("a", tank, 1);
  const std::string before = read_all(file);
  struct stat earlier{};
  struct stat later{};
  ASSERT_EQ(::stat(file.c_str(), &earlier), 0);
  findings_of(file);
  ASSERT_EQ(::stat(file.c_str(), &later), 0);
  EXPECT_EQ(earlier.st_mtim.tv_nsec, later.st_mtim.tv_nsec);
  EXPECT_EQ(earlier.st_blocks, later.st_blocks);
  EXPECT_TRUE(before == read_all(file));
}

// What the kernel says about who uses a disk, in trees shaped like its own.
class DeviceUse : public DeviceFindings {
 protected:
  DeviceUse() {
    write_text(path("proc/swaps"), swaps_heading);
    write_text(path("proc/self/mountinfo"), "");
    write_text(disk() / "dev", "8:16\n");
    fs::create_directories(disk() / "holders");
  }

  fs::path disk() const { return path("sys/dev/block/8:16"); }
  KernelTables tables() const { return {.proc = path("proc"), .sys = path("sys")}; }

  void add_partition() const {
    write_text(disk() / "sdb1/partition", "1\n");
    write_text(disk() / "sdb1/dev", "8:17\n");
    fs::create_directories(disk() / "sdb1/holders");
  }

  void add_holder(const fs::path& of, const std::string& name, const std::string& number) const {
    const fs::path device = path("sys/block/" + name);
    write_text(device / "dev", number + "\n");
    fs::create_directories(device / "holders");
    fs::create_directory_symlink(device, of / "holders" / name);
  }

  void mount(const std::string& number, const std::string& point,
             const std::string& source = "/dev/x") const {
    write_text(path("proc/self/mountinfo"),
               "22 1 0:5 / /proc rw - proc proc rw\n36 35 " + number + " / " + point +
                   " rw,noatime shared:1 master:2 - ext4 " + source + " rw\n");
  }

  Texts uses() const { return texts_of(read_uses_of_disk("/dev/sdb", makedev(8, 16), tables())); }

  Texts uses_of_file(const std::string& file) const {
    struct stat status{};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return texts_of(read_uses_of_file("/srv/a", {status.st_dev, status.st_ino}, tables()));
  }

  static constexpr const char* swaps_heading = "Filename\t\t\tType\t\tSize\tUsed\tPriority\n";
  static constexpr const char* why_no_node = "device nodes can be made by root only";
};

TEST_F(DeviceUse, AnUnusedDiskWithPartitionsHasNoUses) {
  add_partition();
  mount("8:1", "/");
  EXPECT_EQ(uses(), none);
}

TEST_F(DeviceUse, ADiskThatTheKernelDoesNotListHasNoUses) {
  EXPECT_TRUE(read_uses_of_disk("/dev/sdc", makedev(8, 32), {.proc = path("no"), .sys = path("no")})
                  .empty());
}

TEST_F(DeviceUse, AMountedDiskIsNamedWithItsMountPoint) {
  mount("8:16", R"(/srv/my\040data)");
  EXPECT_EQ(uses(), Texts{R"(mounted: /dev/sdb is mounted at "/srv/my data")"});
}

TEST_F(DeviceUse, AMountedPartitionCountsForItsDisk) {
  add_partition();
  mount("8:17", "/srv");
  EXPECT_EQ(uses(), Texts{R"(mounted: sdb1, a partition of /dev/sdb, is mounted at "/srv")"});
}

TEST_F(DeviceUse, AVolumeOnAPartitionHoldsItAndItsMountCounts) {
  add_partition();
  add_holder(disk() / "sdb1", "md0", "9:0");
  add_holder(path("sys/block/md0"), "dm-3", "253:3");
  mount("253:3", "/srv");
  EXPECT_EQ(uses(), (Texts{"held: sdb1, a partition of /dev/sdb, is held by md0",
                           R"(mounted: dm-3, which lies on /dev/sdb, is mounted at "/srv")"}));
}

TEST_F(DeviceUse, HoldersThatHoldEachOtherEndTheSearch) {
  add_holder(disk(), "dm-0", "253:0");
  add_holder(path("sys/block/dm-0"), "dm-0", "253:0");
  EXPECT_EQ(uses(), Texts{"held: /dev/sdb is held by dm-0"});
}

TEST_F(DeviceUse, AFileSystemWithANumberOfItsOwnIsFoundByItsSource) {
  const std::string node = path("node");
  if (::mknod(node.c_str(), S_IFBLK | 0600, makedev(8, 16)) != 0) GTEST_SKIP() << why_no_node;
  mount("0:41", "/srv", node);
  EXPECT_EQ(uses(), Texts{R"(mounted: /dev/sdb is mounted at "/srv")"});
}

TEST_F(DeviceUse, ASwapFileIsFoundUnderAnyOfItsNames) {
  fs::create_hard_link(make_file("my swap"), path("other"));
  write_text(path("proc/swaps"), swaps_heading + directory_.string() +
                                     "/my\\040swap                 file\t65532\t0\t-2\n");
  EXPECT_EQ(uses_of_file(path("other")), Texts{"swap: /srv/a is in use as swap space"});
  EXPECT_EQ(uses_of_file(make_file("a")), none);
}

TEST_F(DeviceUse, ASwapPartitionCountsForItsDisk) {
  const std::string node = path("node");
  if (::mknod(node.c_str(), S_IFBLK | 0600, makedev(8, 17)) != 0) GTEST_SKIP() << why_no_node;
  add_partition();
  write_text(path("proc/swaps"), swaps_heading + node + "   partition\t65532\t0\t-2\n");
  EXPECT_EQ(uses(), Texts{"swap: sdb1, a partition of /dev/sdb, is in use as swap space"});
}

// A file as a disk, through the kernel's loop driver.
class LoopDevice {
 public:
  explicit LoopDevice(const std::string& file) {
    const std::string command = "PATH=$PATH:/usr/sbin:/sbin losetup -f --show " + file;
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "re"), &::pclose);
    std::array<char, 256> line{};
    if (output && std::fgets(line.data(), line.size(), output.get())) path_ = line.data();
    if (path_.ends_with('\n')) path_.pop_back();
  }
  ~LoopDevice() {
    const std::string command =
        "PATH=$PATH:/usr/sbin:/sbin; partx -d " + path_ + " 2>/dev/null; losetup -d " + path_;
    if (!path_.empty()) EXPECT_EQ(std::system(command.c_str()), 0);
  }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;

  const std::string& path() const { return path_; }
  std::string name() const { return fs::path(path_).filename(); }

 private:
  std::string path_;
};

class Mounted {
 public:
  Mounted(const std::string& device, const std::string& point) : point_(point) {
    fs::create_directory(point);
    is_mounted_ = ::mount(device.c_str(), point.c_str(), "ext4", 0, nullptr) == 0;
  }
  ~Mounted() {
    if (is_mounted_) EXPECT_EQ(::umount(point_.c_str()), 0);
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;

  explicit operator bool() const { return is_mounted_; }

 private:
  std::string point_;
  bool is_mounted_;
};

constexpr const char* why_no_loop = "loop devices can be set up by root only, where there are some";
constexpr const char* why_no_mount = "this kernel does not mount an ext4 file system here";

TEST_F(DeviceFindings, AnUnusedDiskIsFreeAndItsBackingFileIsHeld) {
  const std::string file = make_file("a");
  const LoopDevice loop(file);
  if (loop.path().empty()) GTEST_SKIP() << why_no_loop;
  EXPECT_EQ(findings_of(loop.path(), LeafKind::disk), none);
  EXPECT_EQ(findings_of(file), Texts{"held: a is held by " + loop.name()});
}

TEST_F(DeviceFindings, ADiskThatIsTooSmallIsRefusedWithBothSizes) {
  const LoopDevice loop(make_file("a", mebibyte));
  if (loop.path().empty()) GTEST_SKIP() << why_no_loop;
  EXPECT_EQ(findings_of(loop.path(), LeafKind::disk),
            Texts{"too_small: " + loop.path() +
                  " has 1048576 bytes; a pool takes none of less than 67108864"});
}

TEST_F(DeviceFindings, TheLabelsOfADiskAreFound) {
  const LoopDevice loop(make_member("a", tank, 1));
  if (loop.path().empty()) GTEST_SKIP() << why_no_loop;
  EXPECT_EQ(
      findings_of(loop.path(), LeafKind::disk),
      Texts{"pool_label: " + loop.path() + R"( carries the label of pool "tank" (exported))"});
}

TEST_F(DeviceFindings, AMountedDiskIsFoundFromTheDiskAndFromItsBackingFile) {
  const std::string file = make_file("a");
  if (!run("mkfs.ext4 -q " + file)) GTEST_SKIP() << "needs the package e2fsprogs";
  const LoopDevice loop(file);
  if (loop.path().empty()) GTEST_SKIP() << why_no_loop;
  const Mounted mounted(loop.path(), path("point"));
  if (!mounted) GTEST_SKIP() << why_no_mount;
  EXPECT_EQ(findings_of(loop.path(), LeafKind::disk),
            (Texts{"mounted: " + loop.path() + R"( is mounted at "point")",
                   "file_system: " + loop.path() + " carries an ext4 file system"}));
  EXPECT_EQ(findings_of(file),
            (Texts{"held: a is held by " + loop.name(),
                   "mounted: " + loop.name() + R"(, which lies on a, is mounted at "point")",
                   "file_system: a carries an ext4 file system"}));
}

TEST_F(DeviceFindings, AMountedPartitionIsFoundFromItsDiskAndFromTheBackingFile) {
  const std::string file = make_file("a", 128 * mebibyte);
  if (!run("printf 'label: gpt\\n, +64M\\n' | sfdisk -q " + file))
    GTEST_SKIP() << "needs the package fdisk";
  const LoopDevice loop(file);
  if (loop.path().empty()) GTEST_SKIP() << why_no_loop;
  // Not by the kernel's own reading of the table, which a kernel may be built without.
  ASSERT_TRUE(run("partx -u " + loop.path()));
  const std::string partition = loop.path() + "p1";
  if (!fs::exists(partition)) GTEST_SKIP() << "no nodes appear here for partitions";
  if (!run("mkfs.ext4 -q " + partition)) GTEST_SKIP() << "needs the package e2fsprogs";
  EXPECT_EQ(findings_of(partition, LeafKind::disk),
            Texts{"file_system: " + partition + " carries an ext4 file system"});
  const Mounted mounted(partition, path("point"));
  if (!mounted) GTEST_SKIP() << why_no_mount;
  EXPECT_EQ(findings_of(loop.path(), LeafKind::disk),
            (Texts{"mounted: " + loop.name() + "p1, a partition of " + loop.path() +
                       R"(, is mounted at "point")",
                   "partition_table: " + loop.path() + " carries a partition table (gpt)"}));
  EXPECT_EQ(findings_of(file),
            (Texts{"held: a is held by " + loop.name(),
                   "mounted: " + loop.name() + R"(p1, which lies on a, is mounted at "point")",
                   "partition_table: a carries a partition table (gpt)"}));
}

TEST_F(DeviceFindings, ADiskThatAProgramHasClaimedIsHeld) {
  const LoopDevice loop(make_file("a"));
  if (loop.path().empty()) GTEST_SKIP() << why_no_loop;
  const os::Fd claim(::open(loop.path().c_str(), O_RDWR | O_EXCL | O_CLOEXEC));
  ASSERT_TRUE(claim);
  EXPECT_EQ(findings_of(loop.path(), LeafKind::disk),
            Texts{"held: " + loop.path() + " is held by somebody: the kernel calls it busy"});
}

}  // namespace
}  // namespace zfsrest::zfs
