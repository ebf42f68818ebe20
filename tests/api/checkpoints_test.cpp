// A pool's checkpoint, and its devices opened again.
#include <chrono>
#include <filesystem>
#include <thread>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

// A pool of its own for each test: a checkpoint is of the whole pool.
class Checkpoints : public testing::Test {
 protected:
  void SetUp() override { create({}); }

  void create(json::Object more) const {
    more["name"] = pool_.text();
    more["vdevs"] = {{"data", json::Array{disk_.vdev()}}};
    const Response made = post("/v1/pools", std::move(more));
    ASSERT_EQ(made.status, 201) << made;
  }
  std::string path() const { return pool_path(pool_.text()) + "/checkpoint"; }
  Response status() const { return get(pool_path(pool_.text()) + "/status"); }

  // Whether the pool's status says so within a time in which it should.
  bool becomes(const json::Value& checkpoint) const {
    for (int i = 0; i < 600; ++i) {
      if (status().at("/checkpoint") == checkpoint) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  const Disk disk_;
  const PoolName pool_;
};

TEST_F(Checkpoints, APoolHasNoneAtFirst) {
  EXPECT_TRUE(status().at("/checkpoint").is_null());
  EXPECT_TRUE(get(pool_path(pool_.text())).at("/properties/checkpoint/value").is_null());
}

TEST_F(Checkpoints, OneIsTakenAndShown) {
  const Response taken = post(path());
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(taken.text("/checkpoint/state"), "exists");
  EXPECT_EQ(taken.text("/checkpoint/created").substr(0, 2), "20");
  EXPECT_EQ(status().text("/checkpoint/created"), taken.text("/checkpoint/created"));
  if (has_oracle())
    EXPECT_NE(oracle("zpool status " + pool_.text()).find("checkpoint: created"),
              std::string::npos);
}

TEST_F(Checkpoints, ItKeepsWhatIsFreed) {
  make_volume(pool_.text() + "/v");
  if (has_volume_data()) volume_data("write", pool_.text() + "/v");
  EXPECT_EQ(post(pool_path(pool_.text()) + "/sync", {{"force", true}}).status, 204);
  EXPECT_EQ(post(path()).status, 200);
  // Whoever looks at new block devices may have it open for a moment.
  Response gone = del(dataset_path(pool_.text() + "/v"));
  for (int i = 0; i < 100 && gone.status == 409; ++i) gone = del(dataset_path(pool_.text() + "/v"));
  EXPECT_EQ(gone.status, 204) << gone;
  for (int i = 0; i < 100 && status().number("/checkpoint/used_bytes") == 0; ++i)
    EXPECT_EQ(post(pool_path(pool_.text()) + "/sync", {{"force", true}}).status, 204);
  EXPECT_GT(status().number("/checkpoint/used_bytes"), 0U);
  EXPECT_GT(get(pool_path(pool_.text())).number("/properties/checkpoint/value"), 0U);
}

TEST_F(Checkpoints, ASecondIsRefusedWhileThereIsOne) {
  EXPECT_EQ(post(path()).status, 200);
  const Response refused = post(path());
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_EQ(refused.text("/errno"), "ZFS_ERR_CHECKPOINT_EXISTS");
}

TEST_F(Checkpoints, OneIsDiscarded) {
  EXPECT_EQ(post(path()).status, 200);
  EXPECT_EQ(del(path()).status, 204);
  EXPECT_TRUE(becomes(nullptr));
  EXPECT_EQ(post(path()).status, 200) << "another can be taken";
}

TEST_F(Checkpoints, WhereThereIsNoneNothingIsDiscarded) {
  const Response refused = del(path());
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_EQ(refused.text("/errno"), "ZFS_ERR_NO_CHECKPOINT");
}

TEST_F(Checkpoints, APlanOfDiscardingChangesNothing) {
  const Response early = del(path() + "?plan=true");
  EXPECT_EQ(early.status, 200);
  EXPECT_EQ(early.text("/blocked_by/0/code"), "wrong_state");
  EXPECT_EQ(post(path()).status, 200);
  const Response plan = del(path() + "?plan=true");
  EXPECT_EQ(plan.at("/would_destroy").as_array().size(), 1U);
  EXPECT_TRUE(plan.at("/blocked_by").as_array().empty());
  EXPECT_TRUE(plan.at("/bytes_freed").is_number());
  EXPECT_EQ(status().text("/checkpoint/state"), "exists");
}

TEST_F(Checkpoints, APoolWithoutTheFeatureHasNone) {
  EXPECT_EQ(del(pool_path(pool_.text())).status, 204);
  create({{"features", json::Array{}}});
  const Response refused = post(path());
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_NE(refused.text("/detail").find("zpool_checkpoint"), std::string::npos);
  EXPECT_TRUE(status().at("/checkpoint").is_null());
}

TEST_F(Checkpoints, AnImportGoesBackToIt) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_filesystem(pool_.text() + "/kept");
  EXPECT_EQ(post(path()).status, 200);
  EXPECT_EQ(del(dataset_path(pool_.text() + "/kept")).status, 204);
  oracle("zpool export " + pool_.text() + " && zpool import --rewind-to-checkpoint -d " +
         variable("ZFSREST_TEST_DIR") + " " + pool_.text());
  EXPECT_TRUE(has_dataset(pool_.text() + "/kept"));
  EXPECT_TRUE(status().at("/checkpoint").is_null());
}

// A file stays open; what becomes of disks that come and go is seen by the tests of tests/kernel.
TEST(Reopening, ANewSizeIsSeen) {
  const Disk disk;
  const PoolName pool;
  const json::Object layout{{"data", json::Array{disk.vdev()}}};
  ASSERT_EQ(post("/v1/pools", {{"name", pool.text()}, {"vdevs", layout}}).status, 201);
  std::filesystem::resize_file(disk.path(), 2 * Disk::usual_bytes);
  const auto expandable = [&] {
    return get(pool_path(pool.text())).at("/properties/expandsize/value");
  };
  EXPECT_TRUE(expandable().is_null());
  const Response opened = post(pool_path(pool.text()) + "/reopen", {{"restart_resilver", false}});
  EXPECT_EQ(opened.status, 200);
  EXPECT_EQ(opened.text("/health"), "online");
  EXPECT_TRUE(expandable().is_number());
  EXPECT_EQ(post(pool_path(pool.text()) + "/reopen").status, 200);
}

TEST(Reopening, WhetherAScrubEndsIsTrueOrFalse) {
  const Response refused = post("/v1/pools/nosuchpool/reopen", {{"restart_resilver", "yes"}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/restart_resilver"));
}

}  // namespace
}  // namespace zfsrest::test
