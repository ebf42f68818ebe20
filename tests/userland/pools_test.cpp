#include <csignal>
#include <fstream>
#include <iterator>

#include "fixture.hpp"

namespace userland {
namespace {

class Pools : public testing::Test {
 protected:
  Engine engine;
};

TEST_F(Pools, ARaidzIsCreatedWithEveryFeatureTheStockToolEnables) {
  engine.expect("zpool create tank raidz " + engine.disk("a") + " " + engine.disk("b") + " " +
                engine.disk("c"));
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "ONLINE");
  EXPECT_EQ(engine.expect("zpool get -H -o value all tank | grep -c -x disabled || true"), "0");
  EXPECT_EQ(engine.expect("zpool get -H -o value feature@encryption tank"), "enabled");
  EXPECT_EQ(engine.expect("zfs get -H -o value version tank"), "5");
}

TEST_F(Pools, APoolCreatedWithoutFeaturesHasNone) {
  engine.expect("zpool create -d tank " + engine.disk("a"));
  EXPECT_EQ(engine.expect("zpool get -H -o value feature@zpool_checkpoint tank"), "disabled");
}

TEST_F(Pools, AMirrorWithOneSideOfflineIsDegradedAndHealsWhenItIsBack) {
  const std::string a = engine.disk("a");
  engine.expect("zpool create tank mirror " + a + " " + engine.disk("b"));
  engine.expect("zpool offline tank " + a);
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "DEGRADED");
  engine.expect("zpool online tank " + a + " && zpool wait -t resilver tank");
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "ONLINE");
}

TEST_F(Pools, EveryKindOfDeviceIsTaken) {
  std::string command = "zpool create -f tank draid1:2d:4c:1s";
  for (const char* name : {"a", "b", "c", "d"}) command += " " + engine.disk(name);
  command += " log " + engine.disk("log") + " cache " + engine.disk("cache") + " spare " +
             engine.disk("spare");
  command += " special mirror " + engine.disk("s") + " " + engine.disk("t") + " dedup " +
             engine.disk("dedup");
  engine.expect(command);
  const std::string status = engine.expect("zpool status tank");
  for (const char* word : {"draid1", "logs", "cache", "special", "spares", "dedup"})
    EXPECT_NE(status.find(word), std::string::npos) << word << "\n" << status;
}

TEST_F(Pools, AScrubRunsAndACheckpointCanBeRewoundTo) {
  engine.expect("zpool create tank " + engine.disk("a"));
  engine.expect("zfs create -V 16M tank/v");
  engine.write("tank/v");
  engine.expect("zpool scrub -w tank");
  EXPECT_NE(engine.expect("zpool status tank").find("scrub repaired 0B"), std::string::npos);
  engine.expect("zpool checkpoint tank");
  engine.expect("zfs destroy tank/v");
  engine.expect("zpool export tank && zpool import --rewind-to-checkpoint -d " +
                engine.directory().string() + " tank");
  EXPECT_EQ(engine.expect("zfs list -H -o name -t volume"), "tank/v");
  engine.expect("zpool checkpoint tank && zpool checkpoint -d -w tank");
}

TEST_F(Pools, AnExportedPoolIsFoundInItsDirectory) {
  engine.expect("zpool create tank " + engine.disk("a") + " && zfs create tank/x");
  engine.expect("zpool export tank");
  EXPECT_EQ(engine.run("zpool list tank").status, 1);
  engine.expect("zpool import -d " + engine.directory().string() + " tank other");
  EXPECT_EQ(engine.expect("zfs list -H -o name -r other"), "other\nother/x");
}

TEST_F(Pools, DamagedDataIsListedByTheStatus) {
  const std::string disk = engine.disk("a");
  engine.expect("zpool create -O compression=off tank " + disk + " && zfs create -V 8M tank/v");
  engine.write("tank/v");
  const std::string piece =
      run_plain((source_directory() / "userland/zfs-data").string() + " read tank/v --length 512")
          .output;
  engine.expect("zpool export tank");
  std::fstream bytes(disk, std::ios::in | std::ios::out | std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(bytes), {}};
  const std::size_t place = all.find(piece);
  ASSERT_NE(place, std::string::npos);
  bytes.seekp(static_cast<std::streamoff>(place)) << "something else" << std::flush;
  engine.expect("zpool import -d " + engine.directory().string() + " tank && zpool scrub -w tank");
  EXPECT_NE(engine.expect("zpool status -v tank").find("tank/v:<0x1>"), std::string::npos);
}

TEST_F(Pools, TheHistoryNamesTheCommands) {
  engine.expect("zpool create tank " + engine.disk("a") + " && zfs create tank/x");
  EXPECT_NE(engine.expect("zpool history tank").find("zfs create tank/x"), std::string::npos);
}

TEST_F(Pools, TheyAreThereAgainAfterTheServerWasStoppedOrKilled) {
  engine.expect("zpool create tank " + engine.disk("a") + " && zfs create -V 16M tank/v");
  engine.write("tank/v");
  engine.expect("zfs snapshot tank/v@1");
  const std::string hash = engine.hash("tank/v@1");
  EXPECT_EQ(engine.stop(SIGTERM), 0);
  EXPECT_FALSE(std::filesystem::exists(engine.socket()));
  engine.start();
  EXPECT_EQ(engine.hash("tank/v@1"), hash);
  EXPECT_EQ(engine.stop(SIGKILL), 128 + SIGKILL);
  engine.start();
  EXPECT_EQ(engine.hash("tank/v@1"), hash);
  EXPECT_EQ(engine.expect("zpool list -H -o health tank"), "ONLINE");
}

}  // namespace
}  // namespace userland
