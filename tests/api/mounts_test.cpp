// What happens to mounts when datasets change: only where the engine can mount.
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api/fixture.hpp"
#include "os/fd.hpp"

namespace zfsrest::test {
namespace {

namespace fs = std::filesystem;
using Points = std::vector<std::string>;

// Where a file system is mounted, and the mount's options, as the kernel tells.
struct MountLine {
  std::string point, options;
};
std::vector<MountLine> mounts_of(const std::string& dataset) {
  std::vector<MountLine> found;
  std::ifstream table("/proc/self/mounts");
  for (std::string source, point, type, options, rest;
       table >> source >> point >> type >> options && std::getline(table, rest);)
    if (type == "zfs" && source == dataset) found.push_back({point, "," + options + ","});
  return found;
}
Points points_of(const std::string& dataset) {
  Points points;
  for (const MountLine& line : mounts_of(dataset)) points.push_back(line.point);
  return points;
}
bool has_option(const std::string& dataset, const std::string& option) {
  const auto lines = mounts_of(dataset);
  return lines.size() == 1 && lines[0].options.find("," + option + ",") != std::string::npos;
}

class Mounts : public OnPool {
 protected:
  void SetUp() override {
    if (const auto lack = find_lack({.engine = Engine::kernel})) GTEST_SKIP() << *lack;
    OnPool::SetUp();
  }
  // Where a file system is mounted if nobody says otherwise.
  static std::string usual(const std::string& dataset) { return "/" + dataset; }
  // A directory of the test's own, which is not there yet.
  std::string place(const std::string& name) const {
    return "/tmp/mounts/" + dataset() + "/" + name;
  }
  static Response change(const std::string& dataset, json::Object properties) {
    return patch(dataset_path(dataset), {{"properties", std::move(properties)}});
  }
  static Response act(const std::string& dataset, const std::string& verb) {
    return post(dataset_path(dataset) + "/" + verb, json::Object{});
  }
};

// A file that is open keeps its file system from being unmounted.
class OpenFile {
 public:
  explicit OpenFile(const std::string& directory)
      : fd_(::open((directory + "/open").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    EXPECT_TRUE(fd_) << directory;
  }

 private:
  os::Fd fd_;
};

TEST(MountsInUserSpace, AreNotPossible) {
  if (const auto lack = find_lack({.engine = Engine::userland})) GTEST_SKIP() << *lack;
  const Disk disk;
  const PoolName pool;
  ASSERT_EQ(post("/v1/pools", {{"name", pool.text()}, {"vdevs", {{"data", {disk.vdev()}}}}}).status,
            201);
  for (const char* verb : {"/mount", "/unmount"})
    EXPECT_TRUE(is_refused(post(dataset_path(pool.text()) + verb, json::Object{}), 501,
                           "not_on_this_engine"));
  EXPECT_EQ(property(pool.text(), "mounted"), "no");
}

TEST_F(Mounts, ANewFileSystemIsMounted) {
  const Response made = post("/v1/datasets", {{"name", child("a/b")}, {"create_parents", true}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.text("/properties/mounted/value"), "yes");
  for (const char* name : {"a", "a/b"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))});
  std::ofstream(usual(child("a/b")) + "/file") << "text";
  EXPECT_TRUE(fs::exists(usual(child("a/b")) + "/file"));
}

TEST_F(Mounts, WhatIsNotToBeMountedByItselfIsNot) {
  make_filesystem(child("off"), {{"canmount", "off"}});
  make_filesystem(child("noauto"), {{"canmount", "noauto"}});
  make_filesystem(child("none"), {{"mountpoint", "none"}});
  make_filesystem(child("legacy"), {{"mountpoint", "legacy"}});
  for (const char* name : {"off", "noauto", "none", "legacy"}) {
    EXPECT_EQ(points_of(child(name)), Points()) << name;
    EXPECT_EQ(property(child(name), "mounted"), "no") << name;
  }
}

TEST_F(Mounts, AFileSystemThatCannotBeMountedIsNotCreated) {
  const std::string directory = place("full");
  fs::create_directories(directory);
  std::ofstream(directory + "/file") << "text";
  const Response refused =
      post("/v1/datasets",
           {{"name", child("a")}, {"properties", {{"mountpoint", directory}, {"overlay", "off"}}}});
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_NE(refused.text("/detail").find("is not empty"), std::string::npos) << refused;
  EXPECT_FALSE(has_dataset(child("a")));
}

TEST_F(Mounts, ARenamedTreeIsMountedUnderItsNewNames) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_filesystem(child("a/own"), {{"mountpoint", place("own")}});
  const Response renamed = post(dataset_path(child("a")) + "/rename", {{"to", child("new")}});
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(renamed.text("/properties/mounted/value"), "yes");
  EXPECT_EQ(points_of(child("new")), Points{usual(child("new"))});
  EXPECT_EQ(points_of(child("new/b")), Points{usual(child("new/b"))});
  EXPECT_EQ(points_of(child("new/own")), Points{place("own")});
  EXPECT_EQ(points_of(child("a")), Points());
  EXPECT_FALSE(fs::exists(usual(child("a")))) << "the old directory is left";
}

TEST_F(Mounts, ATreeInUseIsNotRenamed) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_filesystem(child("a/c"));
  const OpenFile file(usual(child("a/b")));
  const Response refused = post(dataset_path(child("a")) + "/rename", {{"to", child("new")}});
  EXPECT_TRUE(is_refused(refused, 409, "busy"));
  EXPECT_EQ(refused.text("/subject"), child("a/b")) << refused;
  for (const char* name : {"a", "a/b", "a/c"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))}) << name;
  EXPECT_FALSE(has_dataset(child("new")));
}

TEST_F(Mounts, ALegacyMountStaysThroughARename) {
  make_filesystem(child("a"), {{"mountpoint", "legacy"}});
  fs::create_directories(place("legacy"));
  ASSERT_EQ(::mount(child("a").c_str(), place("legacy").c_str(), "zfs", 0, nullptr), 0);
  EXPECT_EQ(post(dataset_path(child("a")) + "/rename", {{"to", child("new")}}).status, 200);
  EXPECT_EQ(points_of(child("new")), Points{place("legacy")});
  EXPECT_EQ(del(dataset_path(child("new"))).status, 204);
  EXPECT_EQ(points_of(child("new")), Points());
}

TEST_F(Mounts, ADestroyedTreeIsUnmountedAndItsDirectoriesGo) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_snapshot(child("a/b@s"));
  EXPECT_EQ(del_and_wait(dataset_path(child("a")) + "?recursive=true").status, 204);
  EXPECT_EQ(points_of(child("a")), Points());
  EXPECT_FALSE(fs::exists(usual(child("a"))));
}

TEST_F(Mounts, ATreeInUseIsNotDestroyed) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_filesystem(child("a/c"));
  make_snapshot(child("a/c@s"));
  const OpenFile file(usual(child("a")));
  const Response refused = del_and_wait(dataset_path(child("a")) + "?recursive=true");
  EXPECT_TRUE(is_refused(refused, 409, "busy"));
  for (const char* name : {"a", "a/b", "a/c"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))}) << name;
  EXPECT_TRUE(has_snapshot(child("a/c@s")));
}

TEST_F(Mounts, WhatCannotBeDestroyedStaysMounted) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  EXPECT_TRUE(is_refused(del(dataset_path(child("a"))), 409, "has_dependents"));
  EXPECT_EQ(points_of(child("a")), Points{usual(child("a"))});
}

TEST_F(Mounts, ANewMountPointMovesAllThatFollowIt) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_filesystem(child("a/own"), {{"mountpoint", place("own")}});
  EXPECT_EQ(change(child("a"), {{"mountpoint", place("a")}}).status, 200);
  EXPECT_EQ(points_of(child("a")), Points{place("a")});
  EXPECT_EQ(points_of(child("a/b")), Points{place("a/b")});
  EXPECT_EQ(points_of(child("a/own")), Points{place("own")});
  EXPECT_FALSE(fs::exists(usual(child("a"))));

  EXPECT_EQ(change(child("a"), {{"mountpoint", "none"}}).status, 200);
  for (const char* name : {"a", "a/b"}) EXPECT_EQ(points_of(child(name)), Points()) << name;

  EXPECT_EQ(del(dataset_path(child("a")) + "/properties/mountpoint").status, 204);
  for (const char* name : {"a", "a/b"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))}) << name;

  EXPECT_EQ(change(child("a"), {{"mountpoint", "legacy"}}).status, 200);
  for (const char* name : {"a", "a/b"}) EXPECT_EQ(points_of(child(name)), Points()) << name;
}

TEST_F(Mounts, AMountPointInUseIsNotChanged) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  const OpenFile file(usual(child("a")));
  EXPECT_TRUE(is_refused(change(child("a"), {{"mountpoint", place("a")}}), 409, "busy"));
  for (const char* name : {"a", "a/b"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))}) << name;
  EXPECT_EQ(property(child("a"), "mountpoint"), usual(child("a")));
}

TEST_F(Mounts, SomethingMountedInsideMovesAlong) {
  make_filesystem(child("a"));
  make_filesystem(child("a/inside"), {{"mountpoint", usual(child("a")) + "/x"}});
  EXPECT_EQ(change(child("a"), {{"mountpoint", place("a")}}).status, 200);
  EXPECT_EQ(points_of(child("a")), Points{place("a")});
  EXPECT_EQ(points_of(child("a/inside")), Points{usual(child("a")) + "/x"});
}

TEST_F(Mounts, CanmountOffUnmounts) {
  make_filesystem(child("a"));
  {
    const OpenFile file(usual(child("a")));
    EXPECT_TRUE(is_refused(change(child("a"), {{"canmount", "off"}}), 409, "busy"));
    EXPECT_EQ(property(child("a"), "canmount"), "on");
    EXPECT_EQ(points_of(child("a")), Points{usual(child("a"))});
    // That it is not mounted by itself any more concerns the next time.
    EXPECT_EQ(change(child("a"), {{"canmount", "noauto"}}).status, 200);
    EXPECT_EQ(points_of(child("a")), Points{usual(child("a"))});
  }
  EXPECT_EQ(change(child("a"), {{"canmount", "off"}}).status, 200);
  EXPECT_EQ(points_of(child("a")), Points());
}

TEST_F(Mounts, WhatAMountPermitsFollowsTheProperties) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  const OpenFile file(usual(child("a")));
  EXPECT_EQ(
      change(child("a"), {{"exec", "off"}, {"setuid", "off"}, {"devices", "off"}, {"atime", "off"}})
          .status,
      200);
  for (const char* name : {"a", "a/b"})
    for (const char* option : {"noexec", "nosuid", "nodev", "noatime"})
      EXPECT_TRUE(has_option(child(name), option)) << name << " " << option;
  for (const char* name : {"exec", "setuid", "devices", "atime"})
    EXPECT_EQ(del(dataset_path(child("a")) + "/properties/" + name).status, 204);
  for (const char* name : {"a", "a/b"})
    for (const char* option : {"noexec", "nosuid", "nodev", "noatime"})
      EXPECT_FALSE(has_option(child(name), option)) << name << " " << option;
}

TEST_F(Mounts, AReadOnlyFileSystemTakesNoWrites) {
  make_filesystem(child("a"));
  EXPECT_EQ(change(child("a"), {{"readonly", "on"}}).status, 200);
  EXPECT_TRUE(has_option(child("a"), "ro"));
  EXPECT_FALSE(std::ofstream(usual(child("a")) + "/file").is_open());
  EXPECT_EQ(change(child("a"), {{"readonly", "off"}}).status, 200);
  EXPECT_TRUE(std::ofstream(usual(child("a")) + "/file").is_open());
}

TEST_F(Mounts, MountingAndUnmountingOnRequest) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  EXPECT_TRUE(is_refused(act(child("a"), "mount"), 409, "wrong_state"));
  const Response unmounted = act(child("a"), "unmount");
  EXPECT_EQ(unmounted.status, 200);
  EXPECT_EQ(unmounted.text("/properties/mounted/value"), "no");
  for (const char* name : {"a", "a/b"}) EXPECT_EQ(points_of(child(name)), Points()) << name;
  EXPECT_TRUE(is_refused(act(child("a"), "unmount"), 409, "wrong_state"));
  EXPECT_EQ(act(child("a"), "mount").text("/properties/mounted/value"), "yes");
  EXPECT_EQ(points_of(child("a")), Points{usual(child("a"))});
  EXPECT_EQ(points_of(child("a/b")), Points());
  if (has_oracle()) {
    oracle("zfs mount " + child("a/b"));
    EXPECT_EQ(property(child("a/b"), "mounted"), "yes");
  }
}

TEST_F(Mounts, WhatCannotBeMountedSaysWhy) {
  make_filesystem(child("off"), {{"canmount", "off"}});
  make_filesystem(child("none"), {{"mountpoint", "none"}});
  make_filesystem(child("legacy"), {{"mountpoint", "legacy"}});
  make_volume(child("volume"));
  for (const auto& [name, why] : {std::pair("off", "canmount"), std::pair("none", "none"),
                                  std::pair("legacy", "legacy"), std::pair("volume", "volume")}) {
    const Response refused = act(child(name), "mount");
    EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
    EXPECT_NE(refused.text("/detail").find(why), std::string::npos) << refused;
  }
}

TEST_F(Mounts, AFileSystemInUseIsNotUnmounted) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  const OpenFile file(usual(child("a")));
  EXPECT_TRUE(is_refused(act(child("a"), "unmount"), 409, "busy"));
  for (const char* name : {"a", "a/b"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))}) << name;
}

TEST_F(Mounts, CloningPromotingAndRollingBackKeepMountsInOrder) {
  make_filesystem(child("a"));
  std::ofstream(usual(child("a")) + "/file") << "before";
  make_snapshot(child("a@s"));
  make_clone(child("a@s"), child("clone"));
  EXPECT_EQ(points_of(child("clone")), Points{usual(child("clone"))});
  EXPECT_TRUE(fs::exists(usual(child("clone")) + "/file"));
  EXPECT_EQ(act(child("clone"), "promote").status, 200);
  for (const char* name : {"a", "clone"})
    EXPECT_EQ(points_of(child(name)), Points{usual(child(name))}) << name;
  fs::remove(usual(child("clone")) + "/file");
  EXPECT_EQ(act(child("clone"), "rollback").status, 200);
  EXPECT_TRUE(fs::exists(usual(child("clone")) + "/file"));
  EXPECT_EQ(points_of(child("clone")), Points{usual(child("clone"))});
}

TEST_F(Mounts, APoolIsMountedBelowItsAlternateRootAndUnmountedWhenItGoes) {
  const Disk disk;
  const PoolName other;
  const std::string root = place("root");
  fs::create_directories(root);
  ASSERT_EQ(post("/v1/pools", {{"name", other.text()},
                               {"vdevs", {{"data", {disk.vdev()}}}},
                               {"properties", {{"altroot", root}}}})
                .status,
            201);
  EXPECT_EQ(points_of(other.text()), Points{root + "/" + other.text()});
  EXPECT_EQ(property(other.text(), "mountpoint"), root + "/" + other.text());
  make_filesystem(other.text() + "/a");
  EXPECT_EQ(points_of(other.text() + "/a"), Points{root + "/" + other.text() + "/a"});
  {
    const OpenFile file(root + "/" + other.text());
    EXPECT_TRUE(is_refused(del("/v1/pools/" + other.text()), 409, "busy"));
    EXPECT_EQ(points_of(other.text() + "/a"), Points{root + "/" + other.text() + "/a"});
  }
  EXPECT_EQ(del("/v1/pools/" + other.text()).status, 204);
  EXPECT_EQ(points_of(other.text()), Points());
  EXPECT_TRUE(fs::is_empty(root));
}

TEST_F(Mounts, APoolIsNotMountedOverFiles) {
  const Disk disk;
  const PoolName other;
  const std::string directory = place("full");
  fs::create_directories(directory);
  std::ofstream(directory + "/file") << "text";
  const Response refused =
      post("/v1/pools", {{"name", other.text()},
                         {"vdevs", {{"data", {disk.vdev()}}}},
                         {"filesystem_properties", {{"mountpoint", directory}}}});
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_FALSE(has_pool(other.text()));
}

// The mount table is read again only when something tells that it may have changed.
TEST_F(Mounts, WhatOthersMountUnmountAndRenameIsSeenAtOnce) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_filesystem(child("a"));
  make_filesystem(child("other"));
  EXPECT_EQ(property(child("a"), "mounted"), "yes");
  for (int round = 0; round < 3; ++round) {
    oracle("zfs unmount " + child("a"));
    EXPECT_EQ(property(child("a"), "mounted"), "no");
    EXPECT_EQ(property(child("other"), "mounted"), "yes");
    oracle("zfs mount " + child("a"));
    EXPECT_EQ(property(child("a"), "mounted"), "yes");
  }
  // It stays mounted, and the kernel tells of no change.
  oracle("zfs rename -u " + child("a") + " " + child("b"));
  EXPECT_EQ(property(child("b"), "mounted"), "yes");
  EXPECT_EQ(points_of(child("b")), Points{usual(child("a"))});
  EXPECT_EQ(act(child("b"), "unmount").status, 200);
  EXPECT_EQ(property(child("b"), "mounted"), "no");
  EXPECT_EQ(points_of(child("b")), Points{});
}

TEST_F(Mounts, TheStockToolsAgree) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_filesystem(child("a"));
  make_filesystem(child("a/b"), {{"canmount", "noauto"}});
  for (const char* name : {"a", "a/b"})
    for (const char* each : {"mounted", "mountpoint", "canmount"})
      EXPECT_EQ(property(child(name), each),
                oracle("zfs get -H -o value " + std::string(each) + " " + child(name)))
          << name;
}

}  // namespace
}  // namespace zfsrest::test
