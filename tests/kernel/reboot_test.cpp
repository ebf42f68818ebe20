// Pools outlive the host's restart, and a pool of an older release is used on a newer one. Each of
// these has two parts; the job that runs them resets the guest between them, or boots another with
// the same disks.
#include <filesystem>
#include <fstream>

#include "fixture.hpp"

namespace zfsrest::kernel {
namespace {

// Where the first part leaves a note to the second.
const char* const note_path = "/results/pool.guid";

void make_things(const Daemon& daemon) {
  daemon.expect(201, "POST", "/v1/datasets",
                {{"name", "ours/a"}, {"properties", {{"compression", "lz4"}, {"com.x:y", "z"}}}});
  shell("echo kept > /ours/a/file");
  daemon.expect(201, "POST", "/v1/snapshots",
                {{"snapshots", json::Array{json::Value("ours/a@s")}}});
  daemon.expect(201, "POST", "/v1/datasets",
                {{"name", "ours/v"},
                 {"type", "volume"},
                 {"properties", {{"volsize", std::uint64_t{64} << 20}}}});
}

void expect_things(const Daemon& daemon) {
  const json::Value dataset = daemon.expect(200, "GET", "/v1/datasets/ours%2Fa");
  const auto property = [&](const char* name) {
    return text_of(dataset.at("properties").at(name).at("value"));
  };
  EXPECT_EQ(property("compression"), "lz4");
  EXPECT_EQ(property("com.x:y"), "z");
  if (property("mounted") == "no") {
    daemon.expect(200, "POST", "/v1/datasets/ours/mount");
    daemon.expect(200, "POST", "/v1/datasets/ours%2Fa/mount");
  }
  EXPECT_EQ(shell("cat /ours/a/file"), "kept");
  daemon.expect(200, "GET", "/v1/snapshots/ours%2Fa@s");
  EXPECT_TRUE(eventually([] { return succeeds("test -b /dev/zvol/ours/v"); }));
  EXPECT_EQ(daemon.status_of("ours").at("health"), json::Value("online"));
}

TEST(RebootBefore, APoolIsMade) {
  const Disk one(1);
  const Disk two(2);
  const Daemon daemon;
  daemon.expect(
      201, "POST", "/v1/pools",
      {{"name", "ours"},
       {"vdevs",
        {{"data", json::Array{json::Object{{"type", "mirror"},
                                           {"children", json::Array{one.vdev(), two.vdev()}}}}}}}});
  make_things(daemon);
  daemon.expect(204, "POST", "/v1/pools/ours/sync", {{"force", true}});
  std::ofstream(note_path) << text_of(daemon.expect(200, "GET", "/v1/pools/ours").at("guid"));
}

TEST(RebootAfter, ItIsFoundAgain) {
  ASSERT_FALSE(faults::read_file(note_path).empty()) << "the part before did not end well";
  const Daemon daemon;
  daemon.expect(404, "GET", "/v1/pools/ours");
  // As the host's own unit does it when it starts: by what the kernel has noted.
  shell("zpool import -aN -c /etc/zfs/zpool.cache");
  EXPECT_EQ(text_of(daemon.expect(200, "GET", "/v1/pools/ours").at("guid")),
            faults::read_file(note_path));
  expect_things(daemon);
  // And by looking at all disks.
  shell("zpool export ours && zpool import -d /dev/disk/by-id ours");
  expect_things(daemon);
  daemon.expect(204, "DELETE", "/v1/pools/ours");
  EXPECT_FALSE(succeeds("zpool list ours"));
}

TEST(CarriedBefore, APoolIsMadeByTheOlderRelease) {
  const Disk disk(1);
  const Daemon daemon;
  daemon.expect(201, "POST", "/v1/pools",
                {{"name", "ours"}, {"vdevs", {{"data", json::Array{disk.vdev()}}}}});
  make_things(daemon);
  shell("zpool export ours");
}

TEST(CarriedAfter, ItIsUsedByTheNewerRelease) {
  const Daemon daemon;
  shell("zpool import -d /dev/disk/by-id ours");
  expect_things(daemon);
  const json::Value pool = daemon.expect(200, "GET", "/v1/pools/ours");
  // What the older release knew is on; what came since is known and off.
  EXPECT_EQ(pool.at("features").at("draid"), json::Value("enabled"));
  EXPECT_EQ(pool.at("features").at("block_cloning"), json::Value("disabled"));
  EXPECT_EQ(pool.at("features").at("raidz_expansion"), json::Value("disabled"));
  daemon.expect(201, "POST", "/v1/datasets", {{"name", "ours/new"}});
  daemon.expect(200, "PATCH", "/v1/datasets/ours%2Fa", {{"properties", {{"compression", "zstd"}}}});
  daemon.expect(200, "POST", "/v1/datasets/ours%2Fa/rollback");
  daemon.expect(200, "POST", "/v1/datasets/ours%2Fa/rename", {{"to", "ours/b"}});
  daemon.expect(201, "POST", "/v1/snapshots",
                {{"snapshots", json::Array{json::Value("ours@t")}}, {"recursive", true}});
  daemon.expect(204, "DELETE", "/v1/datasets/ours%2Fb?recursive=true");
  daemon.expect(204, "DELETE", "/v1/pools/ours");
}

}  // namespace
}  // namespace zfsrest::kernel
