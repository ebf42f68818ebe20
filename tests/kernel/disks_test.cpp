// Pools on real disks: partitioned and labelled as the stock tools do it.
#include <map>
#include <regex>

#include "fixture.hpp"

namespace zfsrest::kernel {
namespace {

std::string without(std::string text, const std::string& pattern) {
  return std::regex_replace(text, std::regex(pattern), "");
}

// A partition table without what differs from disk to disk.
std::string table_of(const Disk& disk) {
  return without(shell("sfdisk -d " + disk.path()),
                 "(label-id|device): [^\n]*\n|/dev/[^ ]*|, uuid=[^,\n]*|zfs-[0-9a-f]{16}");
}

// What the label says of the vdev, without what differs from disk to disk.
std::string label_of(const Disk& disk) {
  const std::string label = shell("zdb -l " + disk.partition());
  const std::size_t tree = label.find("vdev_tree:");
  return without(label.substr(tree, label.find("features_for_read") - tree),
                 "guid: [0-9]*|virtio-disk[0-9]|pci[^']*|metaslab_array: [0-9]*");
}

class Disks : public testing::Test {
 protected:
  json::Value create(int status, const std::string& name, json::Object layout,
                     json::Object more = {}) const {
    more["name"] = name;
    more["vdevs"] = std::move(layout);
    return daemon_.expect(status, "POST", "/v1/pools", more);
  }
  static json::Object data(json::Array vdevs) { return {{"data", std::move(vdevs)}}; }
  json::Value vdev_of(const std::string& pool) const {
    return daemon_.status_of(pool).at("vdevs").at("data").at(0);
  }
  void TearDown() override {
    for (const char* pool : {"ours", "stock", "other"})
      if (succeeds(std::string("zpool list ") + pool)) shell(std::string("zpool destroy ") + pool);
  }

  Disk one_{1};
  Disk two_{2};
  Daemon daemon_;
};

TEST_F(Disks, AWholeDiskIsPartitionedAndLabelledAsByTheStockTools) {
  create(201, "ours", data({one_.vdev()}));
  shell("zpool create stock " + two_.path());
  EXPECT_EQ(table_of(one_), table_of(two_));
  EXPECT_EQ(label_of(one_), label_of(two_));
  EXPECT_NE(label_of(one_).find("whole_disk: 1"), std::string::npos) << label_of(one_);
  EXPECT_EQ(text_of(vdev_of("ours").at("path")), one_.partition());
  EXPECT_EQ(vdev_of("ours").at("whole_disk"), json::Value(true));
}

TEST_F(Disks, ADiskWithSectorsOf4KibToo) {
  const Disk large(4);
  ASSERT_EQ(shell("blockdev --getss " + large.path()), "4096");
  create(201, "ours", data({large.vdev()}));
  const std::string table = table_of(large);
  const std::string label = label_of(large);
  shell("zpool destroy ours && blkdiscard -f " + large.path() + " && blockdev --rereadpt " +
        large.path() + " && udevadm settle && zpool create stock " + large.path());
  EXPECT_EQ(table, table_of(large));
  EXPECT_EQ(label, label_of(large));
}

TEST_F(Disks, EveryClassOfVdevTakesWholeDisks) {
  const Disk three(3);
  const Disk four(4);
  create(201, "ours",
         {{"data", json::Array{one_.vdev()}},
          {"log", json::Array{two_.vdev()}},
          {"cache", json::Array{three.vdev()}},
          {"spare", json::Array{four.vdev()}}});
  const json::Value vdevs = daemon_.status_of("ours").at("vdevs");
  const std::map<std::string, const Disk*> places{
      {"data", &one_}, {"log", &two_}, {"cache", &three}, {"spare", &four}};
  for (const auto& [group, disk] : places)
    EXPECT_EQ(text_of(vdevs.at(group).at(0).at("path")), disk->partition());
  shell("zpool export ours && zpool import -d /dev/disk/by-id ours");
  EXPECT_EQ(daemon_.status_of("ours").at("health"), json::Value("online"));
}

TEST_F(Disks, APartitionIsUsedAsItIs) {
  shell("printf 'label: gpt\\n,200M\\n,200M\\n' | sfdisk -q " + one_.path() + " && udevadm settle");
  const std::string before = shell("sfdisk -d " + one_.path());
  create(201, "ours", data({json::Object{{"type", "disk"}, {"path", one_.partition()}}}));
  EXPECT_EQ(shell("sfdisk -d " + one_.path()), before);
  EXPECT_EQ(vdev_of("ours").at("whole_disk"), json::Value(false));
  EXPECT_EQ(text_of(vdev_of("ours").at("path")), one_.partition());
}

TEST_F(Disks, AWholeDiskIsNotPartitionedIfNobodyWantsIt) {
  json::Object vdev = one_.vdev().as_object();
  vdev["partition"] = false;
  create(201, "ours", data({vdev}));
  EXPECT_EQ(text_of(vdev_of("ours").at("path")), one_.path());
  EXPECT_FALSE(succeeds("sfdisk -d " + one_.path()));
  EXPECT_EQ(vdev_of("ours").at("whole_disk"), json::Value(false));
}

TEST_F(Disks, ALoopDeviceIsUsedAsItIs) {
  shell("truncate -s 200M /tmp/loop.img; test -b /dev/loop0 || mknod /dev/loop0 b 7 0");
  shell("losetup /dev/loop0 /tmp/loop.img");
  create(201, "ours", data({json::Object{{"type", "disk"}, {"path", "/dev/loop0"}}}));
  EXPECT_EQ(text_of(vdev_of("ours").at("path")), "/dev/loop0");
  shell("zpool destroy ours; losetup -d /dev/loop0; rm /tmp/loop.img");
}

TEST_F(Disks, OneThatIsMountedIsNotTakenWhateverIsSaid) {
  shell("printf 'label: gpt\\n,200M\\n' | sfdisk -q " + one_.path() + " && udevadm settle");
  shell("mkfs.ext4 -q " + one_.partition() + " && mkdir -p /tmp/mounted && mount " +
        one_.partition() + " /tmp/mounted");
  const std::string before = shell("sfdisk -d " + one_.path());
  for (const json::Array& overwrite : {json::Array{}, json::Array{json::Value(one_.path())}}) {
    const json::Value refused =
        create(409, "ours", data({one_.vdev()}), {{"overwrite", overwrite}});
    EXPECT_EQ(refused.at("code"), json::Value("device_in_use"));
  }
  EXPECT_EQ(shell("sfdisk -d " + one_.path()), before);
  shell("umount /tmp/mounted && e2fsck -fn " + one_.partition());
}

TEST_F(Disks, ThatOfAnImportedPoolStaysThatPools) {
  create(201, "ours", data({one_.vdev()}));
  const std::string before = shell("sfdisk -d " + one_.path());
  create(409, "other", data({one_.vdev()}), {{"overwrite", json::Array{json::Value(one_.path())}}});
  create(409, "ours", data({two_.vdev()}));
  EXPECT_EQ(shell("sfdisk -d " + one_.path()), before);
  EXPECT_FALSE(succeeds("sfdisk -d " + two_.path())) << "partitioned for a pool that exists";
  EXPECT_EQ(shell("zpool scrub -w ours && zpool status -x ours"), "pool 'ours' is healthy");
}

TEST_F(Disks, ThatOfAnExportedPoolIsNamedAndThatOfADestroyedOneIsFree) {
  create(201, "ours", data({one_.vdev()}));
  shell("zpool export ours");
  const json::Value refused = create(409, "other", data({one_.vdev()}));
  ASSERT_EQ(refused.at("errors").as_array().size(), 1U) << json::serialize(refused);
  EXPECT_NE(text_of(refused.at("detail")).find("pool \"ours\" (exported)"), std::string::npos);
  shell("zpool import -d /dev/disk/by-id ours && zpool destroy ours");
  create(201, "other", data({one_.vdev()}));
}

TEST_F(Disks, WhatCameIntoThePartitionOfADestroyedPoolIsNotFree) {
  for (const char* make : {"mkfs.xfs -f -q -K ", "mkfs.ext4 -F -q -E nodiscard ", "mkswap -q "}) {
    create(201, "ours", data({one_.vdev()}),
           {{"overwrite", json::Array{json::Value(one_.path())}}});
    shell("zpool destroy ours && udevadm settle && " + std::string(make) + one_.partition());
    const std::string before = shell("sfdisk -d " + one_.path());
    EXPECT_EQ(create(409, "ours", data({one_.vdev()})).at("code"), json::Value("device_in_use"));
    EXPECT_EQ(shell("sfdisk -d " + one_.path()), before);
  }
}

TEST_F(Disks, NothingOfWhatWasInAnOldPartitionIsFoundAgain) {
  shell("printf 'label: gpt\n,200M\n' | sfdisk -q " + one_.path() + " && udevadm settle");
  shell("mkfs.ext4 -q " + one_.partition());
  create(201, "ours", data({one_.vdev()}), {{"overwrite", json::Array{json::Value(one_.path())}}});
  shell("zpool export ours");
  EXPECT_EQ(shell("blkid -p -o value -s TYPE " + one_.partition()), "zfs_member");
  shell("zpool import -d /dev/disk/by-id ours");
}

TEST_F(Disks, OneWithAnOpenPartitionIsLeftAsItIs) {
  shell("printf 'label: gpt\n,200M\n' | sfdisk -q " + one_.path() + " && udevadm settle");
  const std::string before = shell("sfdisk -d " + one_.path());
  const faults::Program program({"/bin/bash", "-c", "exec 3< " + one_.partition() + "; sleep 1000"},
                                {}, "/tmp");
  ASSERT_TRUE(eventually([&] { return faults::open_files(program.pid()).size() > 3; }));
  const json::Value refused = create(409, "ours", data({two_.vdev(), one_.vdev()}),
                                     {{"overwrite", json::Array{json::Value(one_.path())}}});
  EXPECT_EQ(refused.at("code"), json::Value("device_in_use"));
  EXPECT_FALSE(refused.as_object().contains("applied"));
  EXPECT_EQ(shell("sfdisk -d " + one_.path()), before);
  EXPECT_FALSE(succeeds("sfdisk -d " + two_.path()))
      << "partitioned before the other was looked at";
}

TEST_F(Disks, ADiskAndItsOwnPartitionAreNotTwoDevices) {
  shell("printf 'label: gpt\n,200M\n' | sfdisk -q " + one_.path() + " && udevadm settle");
  const std::string before = shell("sfdisk -d " + one_.path());
  create(400, "ours",
         data({json::Object{{"type", "disk"}, {"path", one_.partition()}}, one_.vdev()}),
         {{"overwrite", json::Array{json::Value(one_.path())}}});
  EXPECT_EQ(shell("sfdisk -d " + one_.path()), before);
}

TEST_F(Disks, OneThatALoopDeviceLiesOnIsHeld) {
  shell("test -b /dev/loop0 || mknod /dev/loop0 b 7 0; losetup /dev/loop0 " + one_.path());
  const json::Value refused = create(409, "ours", data({one_.vdev()}));
  EXPECT_NE(text_of(refused.at("detail")).find("held by loop0"), std::string::npos);
  shell("losetup -d /dev/loop0");
}

TEST_F(Disks, AFailureAfterThePartitioningNamesTheDisks) {
  const json::Value refused =
      create(507, "ours", data({one_.vdev()}),
             {{"filesystem_properties", {{"reservation", std::uint64_t{1} << 40}}}});
  ASSERT_TRUE(refused.as_object().contains("applied")) << json::serialize(refused);
  EXPECT_EQ(refused.at("applied"), json::Value(json::Array{json::Value(one_.path())}));
  EXPECT_FALSE(succeeds("zpool list ours"));
}

}  // namespace
}  // namespace zfsrest::kernel
