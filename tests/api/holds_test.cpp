// Holds: what they keep from being destroyed, what a batch passes over, and leases that they end
// with.
#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Holds : public OnPool {
 protected:
  std::string snap(const std::string& name) const { return dataset() + "@" + name; }
};

json::Object one(const std::string& snapshot, const std::string& tag) {
  return {{"snapshot", snapshot}, {"tag", tag}};
}

json::Object batch(std::initializer_list<json::Object> holds) {
  return {{"holds", json::Array(holds.begin(), holds.end())}};
}

json::Object with(json::Object body, const char* key, json::Value value) {
  body[key] = std::move(value);
  return body;
}

Response hold(json::Object body) {
  return post("/v1/snapshots/hold", std::move(body));
}
Response release(json::Object body) {
  return post("/v1/snapshots/release", std::move(body));
}

std::vector<std::string> tags_of(const std::string& snapshot) {
  const Response listed = get(snapshot_path(snapshot) + "/holds");
  EXPECT_EQ(listed.status, 200) << listed;
  std::vector<std::string> tags;
  for (const json::Value& item : listed.at("/items").as_array())
    tags.emplace_back(json::view(item.at("tag").as_string()));
  std::ranges::sort(tags);
  return tags;
}

std::string lease_path(const Response& held) {
  return "/v1/leases/" + encode(held.text("/lease/lease"));
}

// Waits for what happens by itself.
template <class Condition>
bool comes_true(const Condition& condition) {
  for (int i = 0; i < 200; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

// --- hold and release ---

TEST_F(Holds, KeepSnapshotsFromBeingDestroyed) {
  make_snapshot(snap("s"));
  const Response held = hold(batch({one(snap("s"), "backup")}));
  EXPECT_EQ(held.status, 200) << held;
  EXPECT_EQ(held.at("/held"), (json::Value(json::Array{one(snap("s"), "backup")})));
  EXPECT_TRUE(held.at("/skipped").as_array().empty());
  EXPECT_TRUE(held.at("/lease").is_null());
  EXPECT_TRUE(is_refused(del(snapshot_path(snap("s"))), 409, "held"));
  const Response released = release(batch({one(snap("s"), "backup")}));
  EXPECT_EQ(released.status, 200) << released;
  EXPECT_EQ(released.at("/released"), held.at("/held"));
  EXPECT_TRUE(released.at("/skipped").as_array().empty());
  EXPECT_EQ(del(snapshot_path(snap("s"))).status, 204);
}

TEST_F(Holds, AreListedAsTheStockToolsListThem) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_snapshot(snap("s"));
  EXPECT_EQ(hold(batch({one(snap("s"), "one"), one(snap("s"), "t wo#3@\xc3\xa9")})).status, 200);
  oracle("zfs hold stock " + snap("s"));
  std::vector<std::string> stock;
  for (const auto& row : oracle_table("zfs holds -H " + snap("s"))) stock.push_back(row.at(1));
  std::ranges::sort(stock);
  EXPECT_EQ(tags_of(snap("s")), stock);
  EXPECT_EQ(stock.size(), 3U);
  const Response listed = get(snapshot_path(snap("s")) + "/holds");
  EXPECT_EQ(listed.text("/items/0/created").size(), std::string("2026-11-23T15:08:33Z").size());
  EXPECT_EQ(release(batch({one(snap("s"), "one"), one(snap("s"), "t wo#3@\xc3\xa9"),
                           one(snap("s"), "stock")}))
                .at("/released")
                .as_array()
                .size(),
            3U);
  EXPECT_EQ(oracle("zfs holds -H " + snap("s")), "");
}

TEST_F(Holds, OfSnapshotsThatDoNotExistAreSkipped) {
  make_snapshot(snap("s"));
  const Response held =
      hold(batch({one(snap("absent"), "t"), one(snap("s"), "t"), one(child("absent@s"), "t")}));
  EXPECT_EQ(held.status, 200) << held;
  EXPECT_EQ(held.at("/held"), (json::Value(json::Array{one(snap("s"), "t")})));
  ASSERT_EQ(held.at("/skipped").as_array().size(), 2U) << held;
  EXPECT_EQ(held.text("/skipped/0/subject"), snap("absent"));
  EXPECT_EQ(held.text("/skipped/0/code"), "not_found");
  EXPECT_EQ(held.text("/skipped/1/subject"), child("absent@s"));
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"t"});
  const Response none = hold(batch({one(snap("absent"), "t")}));
  EXPECT_EQ(none.status, 200) << none;
  EXPECT_TRUE(none.at("/held").as_array().empty());
  release(batch({one(snap("s"), "t")}));
}

TEST_F(Holds, WhatIsNotHeldIsSkippedWhenReleased) {
  make_snapshot(snap("s"));
  EXPECT_EQ(hold(batch({one(snap("s"), "t")})).status, 200);
  const json::Object body =
      batch({one(snap("s"), "t"), one(snap("s"), "other#tag"), one(snap("absent"), "t")});
  const Response released = release(body);
  EXPECT_EQ(released.status, 200) << released;
  EXPECT_EQ(released.at("/released"), (json::Value(json::Array{one(snap("s"), "t")})));
  ASSERT_EQ(released.at("/skipped").as_array().size(), 2U) << released;
  EXPECT_EQ(released.text("/skipped/0/subject"), snap("s"));
  EXPECT_NE(released.text("/skipped/0/detail").find("other#tag"), std::string::npos);
  EXPECT_EQ(released.text("/skipped/1/subject"), snap("absent"));
  const Response again = release(body);
  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(again.at("/released").as_array().empty());
  EXPECT_EQ(again.at("/skipped").as_array().size(), 3U);
}

TEST_F(Holds, WithATagThatIsThereMakeNone) {
  make_snapshot(snap("s"));
  make_snapshot(snap("t"));
  EXPECT_EQ(hold(batch({one(snap("s"), "mine")})).status, 200);
  const Response refused = hold(batch({one(snap("t"), "mine"), one(snap("absent"), "mine"),
                                       one(snap("s"), "mine"), one(snap("s"), "new")}));
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_NE(refused.find_failure(snap("s")), nullptr) << refused;
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"mine"});
  EXPECT_TRUE(tags_of(snap("t")).empty());
  release(batch({one(snap("s"), "mine")}));
}

TEST_F(Holds, SeveralOnOneSnapshotAreMadeAtOnce) {
  make_snapshot(snap("s"));
  const Response held = hold(batch({one(snap("s"), "a"), one(snap("s"), "b")}));
  EXPECT_EQ(held.at("/held").as_array().size(), 2U) << held;
  EXPECT_EQ(tags_of(snap("s")), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(release(batch({one(snap("s"), "a"), one(snap("s"), "b")})).status, 200);
  EXPECT_TRUE(tags_of(snap("s")).empty());
}

TEST_F(Holds, RecursiveTakesThoseOfTheNameBelow) {
  make_filesystem(child("a"));
  make_filesystem(child("a/b"));
  make_filesystem(child("none"));
  for (const std::string& name : {snap("s"), child("a@s"), child("a/b@s"), child("none@other")})
    make_snapshot(name);
  const json::Object body =
      with(batch({one(snap("s"), "t"), one(child("a@s"), "t")}), "recursive", true);
  const Response held = hold(body);
  EXPECT_EQ(held.status, 200) << held;
  EXPECT_EQ(held.at("/held").as_array().size(), 3U) << held;
  EXPECT_TRUE(held.at("/skipped").as_array().empty()) << held;
  EXPECT_EQ(tags_of(child("a/b@s")), std::vector<std::string>{"t"});
  EXPECT_EQ(release(batch({one(child("a@s"), "t")})).status, 200);
  const Response released = release(with(batch({one(snap("s"), "t")}), "recursive", true));
  EXPECT_EQ(released.at("/released").as_array().size(), 2U) << released;
  EXPECT_TRUE(released.at("/skipped").as_array().empty()) << released;
  EXPECT_TRUE(tags_of(child("a/b@s")).empty());
}

TEST_F(Holds, RecursiveSkipsTheNamedOneAloneWhereItIsMissing) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  const Response held =
      hold(with(batch({one(snap("s"), "t"), one(child("absent@s"), "t")}), "recursive", true));
  EXPECT_EQ(held.status, 200) << held;
  EXPECT_EQ(held.at("/held"), (json::Value(json::Array{one(child("a@s"), "t")})));
  EXPECT_EQ(held.text("/skipped/0/subject"), snap("s"));
  EXPECT_EQ(held.text("/skipped/1/subject"), child("absent@s"));
  release(batch({one(child("a@s"), "t")}));
}

TEST_F(Holds, TheLastOfADeferredSnapshotTakesItAlong) {
  make_snapshot(snap("s"));
  EXPECT_EQ(hold(batch({one(snap("s"), "t")})).status, 200);
  EXPECT_EQ(del(snapshot_path(snap("s")) + "?defer=true").status, 204);
  EXPECT_TRUE(has_snapshot(snap("s")));
  EXPECT_EQ(release(batch({one(snap("s"), "t")})).status, 200);
  EXPECT_FALSE(has_snapshot(snap("s")));
}

TEST_F(Holds, ABadBatchIsRefusedBeforeAnythingHappens) {
  make_snapshot(snap("s"));
  for (const char* verb : {"hold", "release"}) {
    const std::string target = std::string("/v1/snapshots/") + verb;
    EXPECT_TRUE(blames(post(target, batch({})), "body", "/holds"));
    EXPECT_TRUE(blames(post(target, batch({one(snap("s"), "t"), one("other@s", "t")})), "body",
                       "/holds/1/snapshot"));
    EXPECT_TRUE(blames(post(target, batch({one(snap("s"), "t"), one(snap("s"), "t")})), "body",
                       "/holds/1"));
    EXPECT_TRUE(blames(post(target, batch({one(snap("s"), "")})), "body", "/holds/0/tag"));
    EXPECT_TRUE(blames(post(target, batch({one(snap("s"), std::string(256, 'x'))})), "body",
                       "/holds/0/tag"));
    EXPECT_TRUE(blames(post(target, batch({one(snap("s"), std::string("a\0b", 3))})), "body",
                       "/holds/0/tag"));
    EXPECT_TRUE(blames(post(target, batch({one(dataset(), "t")})), "body", "/holds/0/snapshot"));
  }
  EXPECT_TRUE(blames(hold(batch({one(snap("s"), ".send-1")})), "body", "/holds/0/tag"));
  EXPECT_TRUE(blames(hold(batch({one(snap("s"), "a\nb")})), "body", "/holds/0/tag"));
  for (const int seconds : {0, 86'401})
    EXPECT_TRUE(blames(hold(with(batch({one(snap("s"), "t")}), "lease_seconds", seconds)), "body",
                       "/lease_seconds"));
  EXPECT_TRUE(
      blames(hold(with(batch({one(snap("s"), std::string(239, 'x'))}), "lease_seconds", 60)),
             "body", "/holds/0/tag"));
  EXPECT_TRUE(tags_of(snap("s")).empty());
}

TEST_F(Holds, AreNotInPoolsOfOldVersions) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Disk disk;
  const PoolName old;
  oracle("zpool create -o version=17 " + old.text() + " " + disk.path());
  make_snapshot(old.text() + "@s");
  EXPECT_TRUE(is_refused(hold(batch({one(old.text() + "@s", "t")})), 409, "wrong_state"));
}

TEST_F(Holds, MayHaveTheLongestTag) {
  make_snapshot(snap("s"));
  const std::string tag(255, 'x');
  EXPECT_EQ(hold(batch({one(snap("s"), tag)})).status, 200);
  EXPECT_EQ(tags_of(snap("s")), std::vector{tag});
  EXPECT_EQ(release(batch({one(snap("s"), tag)})).at("/released").as_array().size(), 1U);
  const std::string temporary(238, 'x');
  const Response held = hold(with(batch({one(snap("s"), temporary)}), "lease_seconds", 60));
  EXPECT_EQ(held.status, 200) << held;
  EXPECT_EQ(del(lease_path(held)).status, 204);
}

TEST_F(Holds, OfManyClientsAtOnceAreNeitherLostNorMixed) {
  constexpr int clients = 200;
  make_snapshot(snap("s"));
  const auto at_once = [&](const auto& act) {
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) threads.emplace_back([&, i] { act(i); });
    for (std::thread& thread : threads) thread.join();
  };
  const auto tag = [](int i) { return "client" + std::to_string(i); };
  std::vector<int> held(clients);
  at_once([&](int i) {
    const Response made = hold(batch({one(snap("s"), tag(i))}));
    EXPECT_EQ(made.status, 200) << made;
    held[static_cast<std::size_t>(i)] = made.status == 200;
  });
  EXPECT_EQ(std::ranges::count(held, 1), clients);
  EXPECT_EQ(tags_of(snap("s")).size(), static_cast<std::size_t>(clients));
  // Half of them release while the others hold once more.
  at_once([&](int i) {
    const Response made = i % 2 == 0 ? release(batch({one(snap("s"), tag(i))}))
                                     : hold(batch({one(snap("s"), tag(i) + "again")}));
    EXPECT_EQ(made.status, 200) << made;
    EXPECT_EQ(made.at(i % 2 == 0 ? "/released" : "/held").as_array().size(), 1U) << made;
  });
  std::set<std::string> expected;
  for (int i = 1; i < clients; i += 2) expected.insert({tag(i), tag(i) + "again"});
  const auto tags = tags_of(snap("s"));
  EXPECT_EQ(std::set<std::string>(tags.begin(), tags.end()), expected);
  json::Array all;
  for (const std::string& each : tags) all.push_back(one(snap("s"), each));
  EXPECT_EQ(release({{"holds", std::move(all)}}).at("/released").as_array().size(), tags.size());
}

// --- leases ---

class Leases : public Holds {
 protected:
  Response hold_for(int seconds, const std::string& name = "s") const {
    const Response held = hold(with(batch({one(snap(name), "leased")}), "lease_seconds", seconds));
    EXPECT_EQ(held.status, 200) << held;
    return held;
  }
};

TEST_F(Leases, HoldUntilTheyAreEnded) {
  make_snapshot(snap("s"));
  const Response held = hold_for(60);
  EXPECT_EQ(held.text("/lease/pool"), pool());
  EXPECT_EQ(held.at("/lease/holds"), held.at("/held"));
  EXPECT_EQ(held.number("/lease/seconds"), 60U);
  EXPECT_EQ(held.at("/lease/ending"), json::Value(false));
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"leased"});
  EXPECT_EQ(get(lease_path(held)).json, held.at("/lease"));
  const Response all = get("/v1/leases");
  EXPECT_NE(std::ranges::find(all.at("/items").as_array(), held.at("/lease")),
            all.at("/items").as_array().end())
      << all;
  EXPECT_EQ(del(lease_path(held)).status, 204);
  EXPECT_TRUE(tags_of(snap("s")).empty()) << "gone when it was answered";
  EXPECT_TRUE(is_refused(get(lease_path(held)), 404, "not_found"));
  EXPECT_TRUE(is_refused(del(lease_path(held)), 404, "not_found"));
  EXPECT_TRUE(is_refused(post(lease_path(held) + "/renew"), 404, "not_found"));
}

TEST_F(Leases, EndByThemselves) {
  make_snapshot(snap("s"));
  const Response held = hold_for(1);
  EXPECT_TRUE(comes_true([&] { return get(lease_path(held)).status == 404; }));
  EXPECT_TRUE(tags_of(snap("s")).empty());
  EXPECT_TRUE(is_refused(post(lease_path(held) + "/renew"), 404, "not_found"));
}

TEST_F(Leases, LastLongerWhenRenewed) {
  make_snapshot(snap("s"));
  const Response held = hold_for(2);
  for (int i = 0; i < 6; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    const Response renewed = post(lease_path(held) + "/renew");
    ASSERT_EQ(renewed.status, 200) << renewed;
    EXPECT_EQ(renewed.number("/seconds"), 2U);
  }
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"leased"});
  const Response longer = post(lease_path(held) + "/renew", {{"lease_seconds", 3'600}});
  EXPECT_EQ(longer.number("/seconds"), 3'600U);
  EXPECT_GT(longer.text("/expires"), held.text("/lease/expires"));
  EXPECT_TRUE(
      blames(post(lease_path(held) + "/renew", {{"lease_seconds", 0}}), "body", "/lease_seconds"));
  const Response shorter = post(lease_path(held) + "/renew", {{"lease_seconds", 1}});
  EXPECT_EQ(shorter.status, 200);
  EXPECT_TRUE(comes_true([&] { return tags_of(snap("s")).empty(); }));
}

TEST_F(Leases, AreNotMadeForNothing) {
  const Response held = hold_for(60, "absent");
  EXPECT_TRUE(held.at("/lease").is_null());
  EXPECT_EQ(held.text("/skipped/0/subject"), snap("absent"));
  make_snapshot(snap("s"));
  EXPECT_EQ(hold(batch({one(snap("s"), "leased")})).status, 200);
  const Response refused = hold(with(batch({one(snap("s"), "leased")}), "lease_seconds", 60));
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  const Response all = get("/v1/leases");
  for (const json::Value& lease : all.at("/items").as_array())
    EXPECT_EQ(json::serialize(lease).find(dataset()), std::string::npos) << all;
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"leased"});
  release(batch({one(snap("s"), "leased")}));
}

TEST_F(Leases, ShowTheHoldsThatAreThereByTheNamesOfNow) {
  make_snapshot(snap("s"));
  make_snapshot(snap("t"));
  const Response held =
      hold(with(batch({one(snap("s"), "leased"), one(snap("t"), "leased")}), "lease_seconds", 60));
  EXPECT_EQ(held.at("/lease/holds").as_array().size(), 2U) << held;
  EXPECT_EQ(release(batch({one(snap("s"), "leased")})).at("/released").as_array().size(), 1U);
  EXPECT_NE(json::serialize(get("/v1/leases").json).find(snap("t")), std::string::npos);
  EXPECT_EQ(json::serialize(get("/v1/leases").json).find(snap("s")), std::string::npos);
  EXPECT_EQ(post(snapshot_path(snap("t")) + "/rename", {{"to", snap("u")}}).status, 200);
  EXPECT_EQ(tags_of(snap("u")), std::vector<std::string>{"leased"});
  const json::Value left(json::Array{one(snap("u"), "leased")});
  EXPECT_EQ(post(lease_path(held) + "/renew").at("/holds"), left);
  EXPECT_EQ(get(lease_path(held)).at("/holds"), left);
  // A snapshot of the old name is another one.
  make_snapshot(snap("t"));
  EXPECT_EQ(hold(batch({one(snap("t"), "leased")})).status, 200);
  EXPECT_EQ(get(lease_path(held)).at("/holds"), left);
  EXPECT_EQ(del(lease_path(held)).status, 204);
  EXPECT_TRUE(tags_of(snap("u")).empty());
  EXPECT_EQ(tags_of(snap("t")), std::vector<std::string>{"leased"});
  release(batch({one(snap("t"), "leased")}));
}

TEST_F(Leases, EndWithTheReleaseOfTheirLastHold) {
  make_snapshot(snap("s"));
  const Response held = hold_for(2);
  EXPECT_EQ(release(batch({one(snap("s"), "leased")})).at("/released").as_array().size(), 1U);
  EXPECT_TRUE(is_refused(get(lease_path(held)), 404, "not_found"));
  EXPECT_TRUE(is_refused(post(lease_path(held) + "/renew"), 404, "not_found"));
  EXPECT_EQ(json::serialize(get("/v1/leases").json).find(held.text("/lease/lease")),
            std::string::npos);
  // The tag is free at once, and the lease takes nothing along at the end it would have had.
  EXPECT_EQ(hold(batch({one(snap("s"), "leased")})).status, 200);
  std::this_thread::sleep_for(std::chrono::seconds(4));
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"leased"});
  EXPECT_TRUE(is_refused(del(snapshot_path(snap("s"))), 409, "held"));
  release(batch({one(snap("s"), "leased")}));
}

TEST_F(Leases, KeepTheirTagsFromOtherHoldsUntilTheyEnd) {
  make_snapshot(snap("s"));
  make_snapshot(snap("t"));
  const Response held =
      hold(with(batch({one(snap("s"), "leased"), one(snap("t"), "leased")}), "lease_seconds", 60));
  EXPECT_EQ(release(batch({one(snap("s"), "leased")})).at("/released").as_array().size(), 1U);
  for (const json::Object& body :
       {batch({one(snap("s"), "leased"), one(snap("t"), "other")}),
        with(batch({one(snap("s"), "leased"), one(snap("t"), "other")}), "lease_seconds", 60)}) {
    const Response refused = hold(body);
    EXPECT_TRUE(is_refused(refused, 409, "exists"));
    EXPECT_NE(refused.text("/detail").find(held.text("/lease/lease")), std::string::npos);
    EXPECT_NE(refused.find_failure(snap("s")), nullptr) << refused;
  }
  EXPECT_TRUE(tags_of(snap("s")).empty());
  EXPECT_EQ(tags_of(snap("t")), std::vector<std::string>{"leased"}) << "none was made";
  EXPECT_EQ(hold(batch({one(snap("s"), "other")})).status, 200);
  EXPECT_EQ(del(lease_path(held)).status, 204);
  EXPECT_EQ(hold(batch({one(snap("s"), "leased")})).status, 200);
  EXPECT_EQ(tags_of(snap("s")), (std::vector<std::string>{"leased", "other"}));
  release(batch({one(snap("s"), "leased"), one(snap("s"), "other")}));
}

TEST_F(Leases, AreOverWhenAnotherToolHasReleasedTheirHolds) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_snapshot(snap("s"));
  const Response renewed = hold_for(60);
  oracle("zfs release leased " + snap("s"));
  EXPECT_TRUE(is_refused(post(lease_path(renewed) + "/renew"), 404, "not_found"));
  EXPECT_TRUE(comes_true([&] { return hold(batch({one(snap("s"), "leased")})).status == 200; }));
  release(batch({one(snap("s"), "leased")}));
  const Response shown = hold_for(60);
  oracle("zfs release leased " + snap("s"));
  EXPECT_TRUE(is_refused(get(lease_path(shown)), 404, "not_found"));
}

TEST_F(Leases, ReleaseNothingThatAnotherToolHolds) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_snapshot(snap("s"));
  const Response held = hold_for(2);
  // Holds of one tag are told apart by the second in which they were made.
  oracle("zfs release leased " + snap("s") + " && sleep 1.1 && zfs hold leased " + snap("s"));
  EXPECT_NE(post(lease_path(held) + "/renew").status, 200);
  EXPECT_TRUE(comes_true([&] { return get(lease_path(held)).at("/ending") == json::Value(true); }));
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"leased"});
  const Response refused = del(lease_path(held));
  EXPECT_TRUE(is_refused(refused, 409, "busy"));
  EXPECT_NE(refused.text("/detail").find(snap("s")), std::string::npos) << refused;
  EXPECT_EQ(tags_of(snap("s")), std::vector<std::string>{"leased"});
  EXPECT_EQ(release(batch({one(snap("s"), "leased")})).at("/released").as_array().size(), 1U);
  EXPECT_TRUE(comes_true([&] { return get(lease_path(held)).status == 404; }));
}

TEST_F(Leases, DoNotOutliveAnExportOfTheirPool) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Disk disk;
  const PoolName other;
  oracle("zpool create " + other.text() + " " + disk.path());
  make_snapshot(other.text() + "@s");
  const auto body = with(batch({one(other.text() + "@s", "leased")}), "lease_seconds", 60);
  const Response renewed = hold(body);
  oracle("zpool export " + other.text() + " && zpool import -d " + disk.path() + " " +
         other.text());
  EXPECT_TRUE(tags_of(other.text() + "@s").empty());
  EXPECT_TRUE(is_refused(post(lease_path(renewed) + "/renew"), 404, "not_found"));
  // What was of the former import is in nobody's way.
  const Response shown = hold(body);
  EXPECT_EQ(shown.status, 200) << shown;
  EXPECT_EQ(get(lease_path(shown)).status, 200);
  oracle("zpool export " + other.text());
  EXPECT_TRUE(is_refused(get(lease_path(shown)), 404, "not_found"));
}

TEST_F(Leases, DoNotOutliveTheirPool) {
  const Disk disk;
  const PoolName other;
  EXPECT_EQ(post("/v1/pools", {{"name", other.text()},
                               {"vdevs", json::Object{{"data", json::Array{disk.vdev()}}}}})
                .status,
            201);
  make_snapshot(other.text() + "@s");
  const Response held =
      hold(with(batch({one(other.text() + "@s", "leased")}), "lease_seconds", 60));
  EXPECT_EQ(del(pool_path(other.text())).status, 204);
  EXPECT_TRUE(is_refused(post(lease_path(held) + "/renew"), 404, "not_found"));
  EXPECT_TRUE(comes_true([&] {
    return json::serialize(get("/v1/leases").json).find(other.text()) == std::string::npos;
  }));
}

TEST_F(Leases, EndWithoutEachOther) {
  make_snapshot(snap("s"));
  make_snapshot(snap("t"));
  const Response one_lease = hold_for(60, "s");
  const Response other = hold_for(60, "t");
  EXPECT_NE(one_lease.text("/lease/lease"), other.text("/lease/lease"));
  EXPECT_EQ(del(lease_path(one_lease)).status, 204);
  EXPECT_EQ(tags_of(snap("t")), std::vector<std::string>{"leased"});
  EXPECT_EQ(del(lease_path(other)).status, 204);
}

}  // namespace
}  // namespace zfsrest::test
