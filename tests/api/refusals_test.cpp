// What the kernel refuses by numbers that no other test comes to.
#include <algorithm>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

// The errno of the failure as a whole, or of one of its parts.
std::string errno_of(const Response& response) {
  if (response.has("/errno")) return response.text("/errno");
  return response.has("/errors/0/errno") ? response.text("/errors/0/errno") : "";
}

testing::AssertionResult is_refused_by(const Response& response, const std::string& number,
                                       int status, std::string_view code) {
  auto refused = is_refused(response, status, code);
  if (!refused || errno_of(response) == number) return refused;
  return testing::AssertionFailure() << "not by " << number << ": " << response;
}

json::Object with_property(const std::string& name, json::Value value) {
  return {{"properties", {{name, std::move(value)}}}};
}

json::Object new_dataset(const std::string& name, json::Object rest = {}) {
  rest["name"] = name;
  return rest;
}

json::Object new_volume(const std::string& name, json::Object properties) {
  return {{"name", name}, {"type", "volume"}, {"properties", std::move(properties)}};
}

json::Object passphrase() {
  return {{"type", "passphrase"}, {"passphrase", "correct horse"}};
}

// --- a pool without features ---

class WithoutFeatures : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(
        post("/v1/pools",
             {{"name", pool()}, {"vdevs", {{"data", {disk_.vdev()}}}}, {"features", json::Array{}}})
            .status,
        201);
    make_filesystem(in("fs"));
    make_snapshot(in("fs@s"));
  }
  const std::string& pool() const { return pool_.text(); }
  std::string in(const std::string& name) const { return pool() + "/" + name; }

 private:
  const Disk disk_;
  const PoolName pool_;
};

TEST_F(WithoutFeatures, NothingHasPropertiesThatNeedOne) {
  const json::Object large = with_property("recordsize", mebibyte);
  for (const Response& refused :
       {post("/v1/datasets", new_dataset(in("new"), large)),
        post("/v1/datasets",
             new_volume(in("new"), {{"volsize", 8 * mebibyte}, {"volblocksize", mebibyte}})),
        patch(dataset_path(in("fs")), large),
        patch(dataset_path(in("fs")), with_property("compression", "zstd")),
        post(snapshot_path(in("fs@s")) + "/clone",
             {{"to", in("new")}, {"properties", large.at("properties")}})})
    EXPECT_TRUE(is_refused_by(refused, "EOPNOTSUPP", 409, "wrong_state"));
  EXPECT_FALSE(has_dataset(in("new")));
  EXPECT_EQ(get(dataset_path(in("fs"))).number("/properties/recordsize/value"), 131'072U);
}

TEST_F(WithoutFeatures, NothingIsEncrypted) {
  EXPECT_TRUE(is_refused_by(
      post("/v1/datasets",
           {{"name", in("new")}, {"properties", {{"encryption", "on"}}}, {"key", passphrase()}}),
      "EOPNOTSUPP", 409, "wrong_state"));
  const std::string keys = dataset_path(in("fs"));
  EXPECT_TRUE(is_refused_by(post(keys + "/unload-key"), "EOPNOTSUPP", 409, "wrong_state"));
  EXPECT_TRUE(is_refused_by(post(keys + "/change-key", {{"key", passphrase()}}), "EOPNOTSUPP", 409,
                            "wrong_state"));
  EXPECT_FALSE(has_dataset(in("new")));
}

TEST_F(WithoutFeatures, NothingIsRedacted) {
  make_clone(in("fs@s"), in("clone"));
  make_snapshot(in("clone@edited"));
  EXPECT_TRUE(is_refused_by(
      post_and_wait(snapshot_path(in("fs@s")) + "/redact",
                    {{"bookmark", in("fs#mark")},
                     {"redaction_snapshots", json::Array{json::Value(in("clone@edited"))}}}),
      "EOPNOTSUPP", 409, "wrong_state"));
}

// --- values ---

class Values : public OnPool {};

// What later releases permit, and older ones only where a parameter of the module says so.
TEST_F(Values, BeyondTheModulesLimitAreOutOfRangeUntil22) {
  if (release() >= model::release_2_2) GTEST_SKIP() << "needs OpenZFS before 2.2";
  const json::Object huge = with_property("recordsize", 2 * mebibyte);
  make_snapshot(dataset() + "@s");
  EXPECT_TRUE(is_refused_by(post("/v1/datasets", new_dataset(child("new"), huge)), "ERANGE", 400,
                            "bad_request"));
  EXPECT_TRUE(is_refused_by(patch(dataset_path(dataset()), huge), "ERANGE", 400, "bad_request"));
  EXPECT_TRUE(is_refused_by(post(snapshot_path(dataset() + "@s") + "/clone",
                                 {{"to", child("new")}, {"properties", huge.at("properties")}}),
                            "ERANGE", 400, "bad_request"));
  EXPECT_TRUE(is_refused_by(
      post("/v1/datasets",
           new_volume(child("new"), {{"volsize", 8 * mebibyte}, {"volblocksize", 2 * mebibyte}})),
      "EDOM", 400, "bad_request"));
  EXPECT_FALSE(has_dataset(child("new")));
  const Disk disk;
  const PoolName other;
  EXPECT_TRUE(is_refused_by(post("/v1/pools", {{"name", other.text()},
                                               {"vdevs", {{"data", {disk.vdev()}}}},
                                               {"filesystem_properties", huge.at("properties")}}),
                            "ERANGE", 400, "bad_request"));
  EXPECT_FALSE(has_pool(other.text()));
}

TEST_F(Values, ThatLeaveNoRoomMakeNoPool) {
  const Disk disk;
  const PoolName other;
  EXPECT_TRUE(
      is_refused_by(post("/v1/pools", {{"name", other.text()},
                                       {"vdevs", {{"data", {disk.vdev()}}}},
                                       {"filesystem_properties", {{"reservation", 1ULL << 40}}}}),
                    "ENOSPC", 507, "no_space"));
  EXPECT_FALSE(has_pool(other.text()));
}

TEST_F(Values, OfACloneAreCheckedByTheKernelToo) {
  make_volume(child("v"));
  make_snapshot(child("v@s"));
  make_snapshot(dataset() + "@s");
  const Response volume = post(snapshot_path(child("v@s")) + "/clone",
                               {{"to", child("new")}, {"properties", {{"volsize", 1000}}}});
  EXPECT_TRUE(is_refused_by(volume, "EINVAL", 400, "bad_request"));
  // The module cannot destroy a volume at which the system looks, and leaves it.
  EXPECT_EQ(volume.has("/applied"), has_dataset(child("new"))) << volume;
  EXPECT_TRUE(
      is_refused_by(post(snapshot_path(dataset() + "@s") + "/clone",
                         {{"to", child("other")}, {"properties", {{"keylocation", "prompt"}}}}),
                    "EACCES", 409, "wrong_state"));
  EXPECT_FALSE(has_dataset(child("other")));
}

TEST_F(Values, OfAKeysLocationAreTheEncryptionRoots) {
  mount_nothing_below();
  ASSERT_EQ(
      post("/v1/datasets",
           {{"name", child("root")}, {"properties", {{"encryption", "on"}}}, {"key", passphrase()}})
          .status,
      201);
  make_filesystem(child("root/below"));
  EXPECT_TRUE(is_refused_by(
      patch(dataset_path(child("root/below")), with_property("keylocation", "file:///nosuch")),
      "EACCES", 409, "wrong_state"));
}

TEST_F(Values, OfEncryptionStayWithTheEncryptionRoot) {
  mount_nothing_below();
  ASSERT_EQ(post("/v1/datasets", {{"name", child("secret")},
                                  {"properties", {{"encryption", "on"}}},
                                  {"key", passphrase()}})
                .status,
            201);
  make_filesystem(child("secret/below"));
  EXPECT_TRUE(
      is_refused_by(post(dataset_path(child("secret/below")) + "/rename", {{"to", child("open")}}),
                    "EACCES", 409, "wrong_state"));
  EXPECT_TRUE(has_dataset(child("secret/below")));
}

// --- places ---

class Places : public OnPool {};

TEST_F(Places, BelowAVolumeTakeNoClone) {
  make_volume(child("v"));
  make_snapshot(dataset() + "@s");
  for (const bool create_parents : {false, true})
    EXPECT_TRUE(is_refused_by(post(snapshot_path(dataset() + "@s") + "/clone",
                                   {{"to", child("v/clone")}, {"create_parents", create_parents}}),
                              "ZFS_ERR_WRONG_PARENT", 409, "wrong_state"));
  EXPECT_FALSE(has_dataset(child("v/clone")));
}

TEST_F(Places, WithoutRoomForOneMoreTakeNothing) {
  // The module does not hold root to such limits.
  if (const auto lack = find_lack({.engine = Engine::userland})) GTEST_SKIP() << *lack;
  make_filesystem(child("full"), {{"filesystem_limit", 1}});
  make_filesystem(child("full/one"));
  make_filesystem(child("other"));
  make_snapshot(child("other@s"));
  EXPECT_TRUE(is_refused_by(post("/v1/datasets", new_dataset(child("full/new"))), "EDQUOT", 507,
                            "no_space"));
  EXPECT_TRUE(
      is_refused_by(post(snapshot_path(child("other@s")) + "/clone", {{"to", child("full/new")}}),
                    "EDQUOT", 507, "no_space"));
  EXPECT_TRUE(
      is_refused_by(post(dataset_path(child("other")) + "/rename", {{"to", child("full/new")}}),
                    "EDQUOT", 507, "no_space"));
  EXPECT_FALSE(has_dataset(child("full/new")));
}

TEST_F(Places, WithAQuotaTakeNoPromotedCloneThatIsTooLarge) {
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  make_volume(child("v"));
  volume_data("write", child("v"));
  make_snapshot(child("v@s"));
  make_filesystem(child("small"), {{"quota", 2 * mebibyte}});
  make_clone(child("v@s"), child("small/clone"));
  const Response refused = post(dataset_path(child("small/clone")) + "/promote");
  EXPECT_TRUE(is_refused(refused, 507, "no_space"));
  EXPECT_TRUE(errno_of(refused) == "EDQUOT" || errno_of(refused) == "ENOSPC") << refused;
  EXPECT_TRUE(has_snapshot(child("v@s")));
}

TEST_F(Places, WithLongNamesTakeNoLongSnapshotName) {
  mount_nothing_below();
  make_filesystem(child("long"));
  make_filesystem(child("long/" + std::string(180, 'x')));
  ASSERT_EQ(post("/v1/snapshots",
                 {{"snapshots", json::Array{json::Value(child("long@s"))}}, {"recursive", true}})
                .status,
            201);
  EXPECT_TRUE(
      is_refused_by(post(snapshot_path(child("long@s")) + "/rename",
                         {{"to", child("long@" + std::string(60, 'y'))}, {"recursive", true}}),
                    "ENAMETOOLONG", 400, "bad_request"));
  EXPECT_TRUE(has_snapshot(child("long@s")));
}

// --- vdevs ---

class VdevWork : public testing::Test {
 protected:
  void SetUp() override {
    json::Object mirror{{"type", "mirror"}, {"children", vdevs(disks_)}};
    ASSERT_EQ(post("/v1/pools",
                   {{"name", pool_.text()}, {"vdevs", {{"data", json::Array{std::move(mirror)}}}}})
                  .status,
              201);
    const Response status = get(pool_path(pool_.text()) + "/status");
    mirror_ = status.text("/vdevs/data/0/guid");
    leaf_ = status.text("/vdevs/data/0/children/0/guid");
  }
  Response ask(const std::string& verb, const std::string& vdev) const {
    return post(pool_path(pool_.text()) + "/" + verb, {{"vdevs", json::Array{json::Value(vdev)}}});
  }

  // So large that a slow trim is held back by its rate before it has asked for all: ten requests of
  // 128 MiB may be under way before the first is counted.
  const std::vector<Disk> disks_ = disks(2, std::uint64_t{4} << 30);
  const PoolName pool_;
  std::string mirror_;
  std::string leaf_;
};

TEST_F(VdevWork, IsDoneToLeavesOfThePool) {
  std::vector<std::string> verbs{"trim",       "trim/suspend",       "trim/cancel",
                                 "initialize", "initialize/suspend", "initialize/cancel"};
  if (release() >= Release{2, 1, 12}) verbs.emplace_back("uninitialize");
  for (const std::string& verb : verbs) {
    EXPECT_TRUE(is_refused_by(ask(verb, mirror_), "EINVAL", 400, "bad_request")) << verb;
    EXPECT_TRUE(is_refused_by(ask(verb, "4711"), "ENODEV", 404, "not_found")) << verb;
    if (verb.find('/') != verb.npos)
      EXPECT_TRUE(is_refused_by(ask(verb, leaf_), "ESRCH", 409, "wrong_state")) << verb;
  }
}

TEST_F(VdevWork, IsNotBegunTwice) {
  const std::string trim = pool_path(pool_.text()) + "/trim";
  const json::Object slowly{{"vdevs", json::Array{json::Value(leaf_)}},
                            {"rate_bytes_per_second", 1}};
  if (post(trim, slowly).status != 202) GTEST_SKIP() << "these devices have no trim";
  EXPECT_TRUE(is_refused_by(post(trim, slowly), "EBUSY", 409, "busy"));
  const Response canceled = ask("trim/cancel", leaf_);
  EXPECT_EQ(canceled.status, 200) << canceled;
}

// --- what goes on already ---

// Keeps scrubs from getting on, as long as it is there.
class HeldScans {
 public:
  HeldScans() { set("1"); }
  ~HeldScans() { set("0"); }
  HeldScans(const HeldScans&) = delete;
  HeldScans& operator=(const HeldScans&) = delete;

 private:
  static void set(const std::string& value) {
    oracle("echo " + value + " > /sys/module/zfs/parameters/zfs_scan_suspend_progress");
  }
};

class Scrubs : public OnPool {};

TEST_F(Scrubs, AreNotBegunTwice) {
  if (const auto lack = find_lack({.engine = Engine::kernel})) GTEST_SKIP() << *lack;
  const HeldScans held;
  const std::string scrub = pool_path(pool()) + "/scrub";
  ASSERT_EQ(post(scrub).status, 202);
  EXPECT_TRUE(is_refused_by(post(scrub), "EBUSY", 409, "busy"));
  EXPECT_EQ(post(scrub + "/stop").status, 204);
}

}  // namespace
}  // namespace zfsrest::test
