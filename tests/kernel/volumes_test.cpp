// Volumes are block devices.
#include <algorithm>

#include "fixture.hpp"

namespace zfsrest::kernel {
namespace {

class Volumes : public testing::Test {
 protected:
  void SetUp() override {
    daemon_.expect(201, "POST", "/v1/datasets",
                   {{"name", "ours/v"},
                    {"type", "volume"},
                    {"properties", {{"volsize", std::uint64_t{128} << 20}}}});
    ASSERT_TRUE(eventually([] { return succeeds("test -b /dev/zvol/ours/v"); }));
  }
  // Mounts a file system while the command runs.
  static std::string in(const std::string& device, const std::string& options,
                        const std::string& command) {
    return shell("mkdir -p /tmp/v && mount " + options + " " + device + " /tmp/v && (" + command +
                 "); status=$?; umount /tmp/v && exit $status");
  }

  Disk disk_{1};
  Daemon daemon_;
  Pool pool_{daemon_, "ours", {&disk_}};
};

TEST_F(Volumes, AVolumeHoldsAFileSystem) {
  shell("udevadm settle && mkfs.ext4 -q /dev/zvol/ours/v");
  in("/dev/zvol/ours/v", "", "echo before > /tmp/v/file");
  daemon_.expect(201, "POST", "/v1/snapshots",
                 {{"snapshots", json::Array{json::Value("ours/v@s")}}});
  in("/dev/zvol/ours/v", "", "echo after > /tmp/v/file");

  daemon_.expect(201, "POST", "/v1/snapshots/ours%2Fv@s/clone", {{"to", "ours/copy"}});
  ASSERT_TRUE(eventually([] { return succeeds("test -b /dev/zvol/ours/copy"); }));
  EXPECT_EQ(in("/dev/zvol/ours/copy", "", "cat /tmp/v/file"), "before");
  EXPECT_EQ(in("/dev/zvol/ours/v", "-o ro", "cat /tmp/v/file"), "after");
  daemon_.expect(204, "DELETE", "/v1/datasets/ours%2Fcopy");
  EXPECT_TRUE(eventually([] { return !succeeds("test -e /dev/zvol/ours/copy"); }));

  daemon_.expect(200, "POST", "/v1/datasets/ours%2Fv/rollback");
  EXPECT_EQ(in("/dev/zvol/ours/v", "-o ro", "cat /tmp/v/file"), "before");
}

TEST_F(Volumes, TheDeviceFollowsSizeAndName) {
  EXPECT_EQ(shell("blockdev --getsize64 /dev/zvol/ours/v"), "134217728");
  daemon_.expect(200, "PATCH", "/v1/datasets/ours%2Fv",
                 {{"properties", {{"volsize", std::uint64_t{256} << 20}}}});
  EXPECT_TRUE(
      eventually([] { return shell("blockdev --getsize64 /dev/zvol/ours/v") == "268435456"; }));
  daemon_.expect(200, "POST", "/v1/datasets/ours%2Fv/rename", {{"to", "ours/w"}});
  EXPECT_TRUE(eventually([] {
    return succeeds("test -b /dev/zvol/ours/w") && !succeeds("test -e /dev/zvol/ours/v");
  }));
}

TEST_F(Volumes, OneThatIsInUseIsNotDestroyed) {
  shell(
      "udevadm settle && mkfs.ext4 -q /dev/zvol/ours/v && mkdir -p /tmp/v && "
      "mount /dev/zvol/ours/v /tmp/v");
  for (const char* target : {"/v1/datasets/ours%2Fv", "/v1/pools/ours"})
    EXPECT_EQ(daemon_.expect(409, "DELETE", target).at("code"), json::Value("busy")) << target;
  shell("umount /tmp/v && e2fsck -fn /dev/zvol/ours/v");
  {
    // Open, but claimed by nobody.
    const std::string open = "exec 3< /dev/zvol/ours/v; sleep 1000";
    const faults::Program program({"/bin/bash", "-c", open}, {}, "/tmp");
    ASSERT_TRUE(eventually([&] {
      const auto files = faults::open_files(program.pid());
      return std::ranges::any_of(
          files, [](const std::string& file) { return file.starts_with("/dev/zd"); });
    }));
    for (const char* target : {"/v1/datasets/ours%2Fv", "/v1/pools/ours"})
      EXPECT_EQ(daemon_.expect(409, "DELETE", target).at("code"), json::Value("busy")) << target;
    EXPECT_EQ(shell("zpool list -H -o name"), "ours");
  }
  daemon_.expect(204, "DELETE", "/v1/datasets/ours%2Fv");
}

}  // namespace
}  // namespace zfsrest::kernel
