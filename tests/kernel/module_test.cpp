// The module is loaded and unloaded under the daemon.
#include <thread>

#include "fixture.hpp"

namespace zfsrest::kernel {
namespace {

bool unload() {
  return succeeds("modprobe -r zfs");
}

class Module : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(shell("zpool list -H"), ""); }
  void TearDown() override { shell("modprobe zfs && udevadm settle"); }

  static void expect_no_zfs(const Daemon& daemon) {
    for (const char* target : {"/v1/pools", "/v1/pools/ours", "/v1/pools/ours/status",
                               "/v1/datasets", "/v1/datasets/ours"})
      EXPECT_EQ(daemon.expect(503, "GET", target).at("code"), json::Value("no_module")) << target;
    EXPECT_EQ(daemon.expect(503, "POST", "/v1/datasets", {{"name", "ours/a"}}).at("code"),
              json::Value("no_module"));
    daemon.expect(200, "GET", "/healthz");
    daemon.expect(200, "GET", "/v1/openapi.json");
  }
};

TEST_F(Module, AnIdleDaemonLetsItBeUnloadedAndUsesItWhenItIsBack) {
  const Daemon daemon({{"ZFSREST_DEVICE_IDLE_MS", "500"}});
  for (int i = 0; i < 2; ++i) {
    {
      const Disk disk(1);
      const Pool pool(daemon, "ours", {&disk});
      daemon.expect(200, "GET", "/v1/datasets/ours");
    }
    ASSERT_TRUE(eventually(unload)) << shell("lsmod | grep zfs");
    expect_no_zfs(daemon);
    shell("modprobe zfs && udevadm settle");
    daemon.expect(200, "GET", "/v1/pools");
  }
}

TEST_F(Module, OneThatIsNotThereAtTheStartIsUsedWhenItComes) {
  ASSERT_TRUE(unload());
  const Daemon daemon;
  EXPECT_NE(daemon.ready().find("openzfs none"), std::string::npos) << daemon.ready();
  expect_no_zfs(daemon);
  shell("modprobe zfs && udevadm settle");
  const Disk disk(1);
  const Pool pool(daemon, "ours", {&disk});
  daemon.expect(200, "GET", "/v1/datasets/ours");
}

}  // namespace
}  // namespace zfsrest::kernel
