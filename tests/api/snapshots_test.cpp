// Snapshots: batches that happen as a whole or not at all, ranges, holds, and what they free.
#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Snapshots : public OnPool {
 protected:
  std::string snap(const std::string& name) const { return dataset() + "@" + name; }
  json::Array snaps(std::initializer_list<const char*> names) const {
    json::Array list;
    for (const char* name : names) list.emplace_back(snap(name));
    return list;
  }
  std::vector<std::string> left() const {
    return names_in("/v1/snapshots?under=" + encode(dataset()));
  }
};

json::Array texts(const std::vector<std::string>& list) {
  return json::Array(list.begin(), list.end());
}

// --- create ---

TEST_F(Snapshots, ManyAreCreatedAtTheSameMoment) {
  make_filesystem(child("a"));
  make_volume(child("vol"));
  const Response made =
      post("/v1/snapshots", {{"snapshots", texts({snap("s"), child("a@s"), child("vol@other")})},
                             {"properties", {{"com.example:why", "nightly"}}}});
  EXPECT_EQ(made.status, 201);
  ASSERT_EQ(made.at("/items").as_array().size(), 3U) << made;
  for (const char* item : {"/items/0", "/items/1", "/items/2"}) {
    EXPECT_EQ(made.number(std::string(item) + "/createtxg"), made.number("/items/0/createtxg"));
    EXPECT_EQ(made.text(std::string(item) + "/properties/com.example:why/value"), "nightly");
  }
  EXPECT_EQ(made.text("/items/0/name"), snap("s"));
  EXPECT_EQ(made.text("/items/0/dataset"), dataset());
  EXPECT_EQ(made.text("/items/0/snapshot"), "s");
  EXPECT_EQ(get(snapshot_path(child("vol@other"))).json, made.at("/items/2"));
}

TEST_F(Snapshots, WhenOneDatasetIsMissingNoneIsCreated) {
  const Response refused =
      post("/v1/snapshots", {{"snapshots", texts({snap("s"), child("nosuch@s")})}});
  EXPECT_TRUE(is_refused(refused, 404, "not_found"));
  EXPECT_NE(refused.find_failure(child("nosuch@s")), nullptr) << refused;
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, WhenOneExistsNoneIsCreated) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  const Response refused = post("/v1/snapshots", {{"snapshots", texts({snap("s"), child("a@s")})}});
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_NE(refused.find_failure(child("a@s")), nullptr) << refused;
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, RecursiveTakesAllThatIsBelow) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_volume(child("vol"));
  const Response made = post("/v1/snapshots", {{"snapshots", snaps({"s"})}, {"recursive", true}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(names_of(made.at("/items")),
            (std::vector{child("a/b@s"), child("a@s"), child("vol@s"), snap("s")}));
}

TEST_F(Snapshots, RecursiveDoesNotTakeADatasetTwice) {
  make_filesystem(child("a"));
  const Response refused =
      post("/v1/snapshots", {{"snapshots", texts({snap("s"), child("a@s")})}, {"recursive", true}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, ABatchIsOnePoolsAndTakesEachDatasetOnce) {
  const Response two_pools =
      post("/v1/snapshots", {{"snapshots", texts({snap("s"), "otherpool/x@s"})}});
  EXPECT_TRUE(is_refused(two_pools, 400, "bad_request"));
  EXPECT_TRUE(blames(two_pools, "body", "/snapshots/1"));
  const Response twice = post("/v1/snapshots", {{"snapshots", snaps({"s", "t"})}});
  EXPECT_TRUE(is_refused(twice, 400, "bad_request"));
  EXPECT_TRUE(blames(twice, "body", "/snapshots/1"));
  const Response empty = post("/v1/snapshots", {{"snapshots", json::Array{}}});
  EXPECT_TRUE(is_refused(empty, 400, "bad_request"));
  EXPECT_TRUE(blames(empty, "body", "/snapshots"));
  EXPECT_TRUE(left().empty());
}

TEST_F(Snapshots, WhatHasClonesSaysWhich) {
  make_snapshot(snap("s"));
  make_clone(snap("s"), child("clone"));
  const Response refused = del(snapshot_path(snap("s")));
  EXPECT_TRUE(is_refused(refused, 409, "has_clones"));
  EXPECT_NE(refused.text("/detail").find(child("clone")), std::string::npos) << refused;
  EXPECT_TRUE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, TheTypeIsAWord) {
  make_snapshot(snap("s"));
  make_volume(child("v"));
  EXPECT_EQ(get(snapshot_path(snap("s"))).text("/properties/type/value"), "snapshot");
  EXPECT_EQ(get(dataset_path(child("v"))).text("/properties/type/value"), "volume");
  EXPECT_EQ(get(dataset_path(dataset())).text("/properties/type/value"), "filesystem");
}

TEST_F(Snapshots, OnlyUserPropertiesAreSetAtCreation) {
  const Response refused =
      post("/v1/snapshots",
           {{"snapshots", snaps({"s"})}, {"properties", {{"atime", "off"}, {"com.example:n", 1}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/atime"));
  EXPECT_TRUE(blames(refused, "body", "/properties/com.example:n"));
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, ANameOf255BytesFitsAndOneMoreDoesNot) {
  constexpr std::size_t most = 255;
  const std::string longest = std::string(most - dataset().size() - 1, 's');
  make_snapshot(snap(longest));
  EXPECT_TRUE(has_snapshot(snap(longest)));
  const Response refused = post("/v1/snapshots", {{"snapshots", texts({snap(longest + "s")})}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/snapshots/0"));
  EXPECT_TRUE(is_refused(get(snapshot_path(snap(longest + "s"))), 400, "bad_request"));
}

TEST_F(Snapshots, RecursiveRefusesANameThatWouldBeTooLongBelow) {
  make_filesystem(child("abc"));
  constexpr std::size_t most = 255;
  const std::string name(most - dataset().size() - 1, 's');
  EXPECT_TRUE(
      is_refused(post("/v1/snapshots", {{"snapshots", texts({snap(name)})}, {"recursive", true}}),
                 400, "bad_request"));
  EXPECT_FALSE(has_snapshot(snap(name)));
}

TEST_F(Snapshots, HundredsAreCreatedInOneCallAndEveryFailureIsNamedOrCounted) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  constexpr int count = 100;
  mount_nothing_below();
  json::Array names;
  for (int i = 0; i < count; ++i) {
    make_filesystem(child("d" + std::to_string(i)));
    names.emplace_back(child("d" + std::to_string(i) + "@s"));
  }
  const Response made = post("/v1/snapshots", {{"snapshots", names}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.at("/items").as_array().size(), static_cast<std::size_t>(count));
  const Response again = post("/v1/snapshots", {{"snapshots", names}});
  EXPECT_TRUE(is_refused(again, 409, "exists"));
  const std::size_t named = again.at("/errors").as_array().size();
  const std::uint64_t more = again.has("/unreported") ? again.number("/unreported") : 0;
  EXPECT_EQ(named + more, static_cast<std::size_t>(count));
}

// --- rename ---

TEST_F(Snapshots, ASnapshotIsRenamed) {
  make_snapshot(snap("s"));
  const std::string guid = get(snapshot_path(snap("s"))).text("/guid");
  const Response renamed = post(snapshot_path(snap("s")) + "/rename", {{"to", snap("t")}});
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(renamed.text("/name"), snap("t"));
  EXPECT_EQ(renamed.text("/guid"), guid);
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, RecursiveRenamesThoseOfTheSameNameBelow) {
  make_filesystem(child("a"));
  make_filesystem(child("b"));
  make_snapshot(snap("s"));
  make_snapshot(child("a@s"));
  const std::string rename = snapshot_path(snap("s")) + "/rename";
  EXPECT_EQ(post(rename, {{"to", snap("t")}, {"recursive", true}}).status, 200);
  EXPECT_EQ(left(), (std::vector{child("a@t"), snap("t")}));
}

TEST_F(Snapshots, ARecursiveRenameThatMeetsAnExistingNameRenamesNone) {
  make_filesystem(child("a"));
  make_snapshot(snap("s"));
  make_snapshot(child("a@s"));
  make_snapshot(child("a@t"));
  const Response refused =
      post(snapshot_path(snap("s")) + "/rename", {{"to", snap("t")}, {"recursive", true}});
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_EQ(left(), (std::vector{child("a@s"), child("a@t"), snap("s")}));
}

TEST_F(Snapshots, ARenameThatCannotBeIsRefused) {
  make_snapshot(snap("s"));
  make_snapshot(snap("t"));
  const std::string rename = snapshot_path(snap("s")) + "/rename";
  EXPECT_TRUE(is_refused(post(rename, {{"to", snap("t")}}), 409, "exists"));
  const Response elsewhere = post(rename, {{"to", child("a@s")}});
  EXPECT_TRUE(is_refused(elsewhere, 400, "bad_request"));
  EXPECT_TRUE(blames(elsewhere, "body", "/to"));
  EXPECT_TRUE(is_refused(post(snapshot_path(snap("nosuch")) + "/rename", {{"to", snap("x")}}), 404,
                         "not_found"));
  EXPECT_EQ(left(), (std::vector{snap("s"), snap("t")}));
}

// --- destroy one ---

TEST_F(Snapshots, OneIsDestroyed) {
  make_snapshot(snap("s"));
  EXPECT_EQ(del(snapshot_path(snap("s"))).status, 204);
  EXPECT_TRUE(is_refused(del(snapshot_path(snap("s"))), 404, "not_found"));
  EXPECT_TRUE(is_refused(del(snapshot_path(snap("s")) + "?plan=true"), 404, "not_found"));
}

TEST_F(Snapshots, ACloneKeepsItsSnapshotUnlessItIsDestroyedDeferred) {
  make_snapshot(snap("s"));
  make_clone(snap("s"), child("clone"));
  const Response refused = del(snapshot_path(snap("s")));
  EXPECT_TRUE(is_refused(refused, 409, "has_clones"));
  EXPECT_EQ(refused.text("/subject"), snap("s"));
  const Response plan = del(snapshot_path(snap("s")) + "?plan=true");
  EXPECT_EQ(plan.text("/blocked_by/0/code"), "has_clones");
  EXPECT_EQ(del(snapshot_path(snap("s")) + "?defer=true").status, 204);
  EXPECT_EQ(get(snapshot_path(snap("s"))).text("/properties/defer_destroy/value"), "on");
  EXPECT_EQ(del(dataset_path(child("clone"))).status, 204);
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Snapshots, AHoldKeepsASnapshotUnlessItIsDestroyedDeferred) {
  make_snapshot(snap("s"));
  {
    const Hold hold(snap("s"));
    EXPECT_EQ(get(snapshot_path(snap("s"))).number("/properties/userrefs/value"), 1U);
    EXPECT_TRUE(is_refused(del(snapshot_path(snap("s"))), 409, "held"));
    EXPECT_EQ(del(snapshot_path(snap("s")) + "?plan=true").text("/blocked_by/0/code"), "held");
    EXPECT_EQ(del(snapshot_path(snap("s")) + "?defer=true").status, 204);
    EXPECT_TRUE(has_snapshot(snap("s")));
  }
  EXPECT_FALSE(has_snapshot(snap("s")));
}

// --- destroy many ---

class SnapshotBatches : public Snapshots {
 protected:
  void SetUp() override {
    Snapshots::SetUp();
    for (const char* name : {"a", "b", "c", "d"}) make_snapshot(snap(name));
  }
  Response destroy(json::Array names) const {
    return post("/v1/snapshots/destroy", {{"snapshots", std::move(names)}});
  }
  Response plan(json::Array names) const {
    return post("/v1/snapshots/destroy?plan=true", {{"snapshots", std::move(names)}});
  }
};

TEST_F(SnapshotBatches, NamesAndRangesAreDestroyedTogether) {
  const Response done = destroy(snaps({"a", "b%c", "nosuch"}));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.texts("/destroyed"), (std::vector{snap("a"), snap("b"), snap("c")}));
  EXPECT_EQ(done.texts("/absent"), std::vector{snap("nosuch")});
  EXPECT_EQ(left(), std::vector{snap("d")});
}

TEST_F(SnapshotBatches, OpenEndsMeanTheOldestAndTheNewest) {
  EXPECT_EQ(plan(snaps({"%b"})).texts("/would_destroy"), (std::vector{snap("a"), snap("b")}));
  EXPECT_EQ(plan(snaps({"c%"})).texts("/would_destroy"), (std::vector{snap("c"), snap("d")}));
  EXPECT_EQ(plan(snaps({"%"})).texts("/would_destroy"),
            (std::vector{snap("a"), snap("b"), snap("c"), snap("d")}));
  EXPECT_EQ(plan(snaps({"b%b"})).texts("/would_destroy"), std::vector{snap("b")});
  EXPECT_EQ(left().size(), 4U);
}

TEST_F(SnapshotBatches, ASnapshotThatIsNamedTwiceIsDestroyedOnce) {
  EXPECT_EQ(destroy(snaps({"a%b", "b", "a%c"})).texts("/destroyed"),
            (std::vector{snap("a"), snap("b"), snap("c")}));
}

TEST_F(SnapshotBatches, ARangeNeedsItsEndsInOrder) {
  const Response missing = destroy(snaps({"d", "a%nosuch"}));
  EXPECT_TRUE(is_refused(missing, 404, "not_found"));
  EXPECT_TRUE(blames(missing, "body", "/snapshots/1"));
  const Response backwards = destroy(snaps({"c%a"}));
  EXPECT_TRUE(is_refused(backwards, 400, "bad_request"));
  EXPECT_TRUE(blames(backwards, "body", "/snapshots/0"));
  EXPECT_EQ(left().size(), 4U);
}

TEST_F(SnapshotBatches, ABatchIsOnePools) {
  const Response refused = destroy(texts({snap("a"), "otherpool/x@s"}));
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/snapshots/1"));
  EXPECT_EQ(left().size(), 4U);
}

TEST_F(SnapshotBatches, NamesOfWhatIsNotThereAreAbsent) {
  const Response done = destroy(texts({snap("nosuch"), child("nosuch@s")}));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.texts("/absent"), (std::vector{snap("nosuch"), child("nosuch@s")}));
  EXPECT_TRUE(done.texts("/destroyed").empty());
}

TEST_F(SnapshotBatches, WhenOneIsHeldNoneIsDestroyed) {
  const Hold hold(snap("c"));
  const Response refused = destroy(snaps({"a%d"}));
  EXPECT_TRUE(is_refused(refused, 409, "held"));
  const json::Value* failure = refused.find_failure(snap("c"));
  ASSERT_NE(failure, nullptr) << refused;
  EXPECT_EQ(failure->at("code"), json::Value("held"));
  EXPECT_EQ(left().size(), 4U);
  const Response planned = plan(snaps({"a%d"}));
  EXPECT_EQ(planned.text("/blocked_by/0/subject"), snap("c"));
  const Response deferred =
      post("/v1/snapshots/destroy", {{"snapshots", snaps({"a%d"})}, {"defer", true}});
  EXPECT_EQ(deferred.status, 200);
  EXPECT_EQ(left(), std::vector{snap("c")});
}

TEST_F(SnapshotBatches, WhenOneHasAHoldAndOneACloneBothAreNamed) {
  const Hold hold(snap("b"));
  make_clone(snap("c"), child("clone"));
  const Response refused = destroy(snaps({"a%d"}));
  EXPECT_EQ(refused.status, 409) << refused;
  const json::Value* held = refused.find_failure(snap("b"));
  const json::Value* cloned = refused.find_failure(snap("c"));
  ASSERT_TRUE(held && cloned) << refused;
  EXPECT_EQ(held->at("code"), json::Value("held"));
  EXPECT_EQ(cloned->at("code"), json::Value("has_clones"));
  EXPECT_EQ(left().size(), 4U);
}

// --- space ---

TEST_F(Snapshots, SpaceIsWhatTheStockToolsSay) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  if (!has_volume_data()) GTEST_SKIP() << no_volume_data;
  const std::string volume = child("vol");
  make_volume(volume);
  for (const char* seed : {"1", "2", "3"}) {
    volume_data("write", volume + " --length 1048576 --seed " + seed);
    make_snapshot(volume + "@s" + seed);
  }
  volume_data("write", volume + " --length 2097152 --seed 4");
  // What a write leaves to a snapshot alone counts from the next transaction group on.
  EXPECT_EQ(post(pool_path(pool()) + "/sync").status, 204);
  const auto reclaimed = [&](const std::string& range) {
    return oracle_table("zfs destroy -nvp " + volume + "@" + range).back().back();
  };
  const auto ours = [&](const std::string& first, const std::string& through) {
    return get(snapshot_path(volume + "@" + first) + "/space" + through).number("/used_bytes");
  };
  EXPECT_GT(ours("s1", ""), 0U);
  EXPECT_EQ(std::to_string(ours("s1", "")), reclaimed("s1"));
  EXPECT_EQ(std::to_string(ours("s1", "?through=" + encode(volume + "@s2"))), reclaimed("s1%s2"));
  EXPECT_EQ(std::to_string(ours("s1", "?through=" + encode(volume + "@s3"))), reclaimed("s1%s3"));
  const Response plan =
      post("/v1/snapshots/destroy?plan=true", {{"snapshots", texts({volume + "@s1%s3"})}});
  EXPECT_EQ(std::to_string(plan.number("/bytes_freed")), reclaimed("s1%s3"));
  EXPECT_EQ(
      std::to_string(del(snapshot_path(volume + "@s2") + "?plan=true").number("/bytes_freed")),
      reclaimed("s2"));
}

TEST_F(Snapshots, SpaceNeedsTwoSnapshotsOfOneDatasetInOrder) {
  make_filesystem(child("a"));
  for (const std::string& name : {snap("one"), snap("two"), child("a@one")}) make_snapshot(name);
  const Response other =
      get(snapshot_path(snap("one")) + "/space?through=" + encode(child("a@one")));
  EXPECT_TRUE(is_refused(other, 400, "bad_request"));
  EXPECT_TRUE(blames(other, "query", "/through"));
  EXPECT_TRUE(is_refused(get(snapshot_path(snap("two")) + "/space?through=" + encode(snap("one"))),
                         400, "bad_request"));
  EXPECT_TRUE(is_refused(get(snapshot_path(snap("nosuch")) + "/space"), 404, "not_found"));
  EXPECT_TRUE(
      is_refused(get(snapshot_path(snap("one")) + "/space?through=" + encode(snap("nosuch"))), 404,
                 "not_found"));
}

}  // namespace
}  // namespace zfsrest::test
