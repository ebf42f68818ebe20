// Bookmarks: batches that happen as a whole or not at all, what they show, and how lists walk them.
#include <algorithm>
#include <map>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Bookmarks : public OnPool {
 protected:
  std::string snap(const std::string& name) const { return dataset() + "@" + name; }
  std::string mark(const std::string& name) const { return dataset() + "#" + name; }
  std::vector<std::string> left() const {
    return names_in("/v1/bookmarks?under=" + encode(dataset()));
  }
  // A snapshot, and a bookmark of it under the same short name.
  void make(const std::string& name) const {
    make_snapshot(snap(name));
    make_bookmark(mark(name), snap(name));
  }
};

json::Object bookmark(const std::string& name, const std::string& source) {
  return {{"name", name}, {"source", source}};
}

json::Object batch(std::initializer_list<json::Object> bookmarks) {
  return {{"bookmarks", json::Array(bookmarks.begin(), bookmarks.end())}};
}

json::Object names(const std::vector<std::string>& list) {
  return {{"bookmarks", json::Array(list.begin(), list.end())}};
}

// --- create and get ---

TEST_F(Bookmarks, AreMadeOfSnapshotsAndOfBookmarks) {
  make_snapshot(snap("s"));
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  const Response made =
      post("/v1/bookmarks",
           batch({bookmark(mark("b"), snap("s")), bookmark(child("a#b"), child("a@s"))}));
  EXPECT_EQ(made.status, 201) << made;
  ASSERT_EQ(made.at("/items").as_array().size(), 2U) << made;
  EXPECT_EQ(made.text("/items/0/name"), mark("b"));
  EXPECT_EQ(made.text("/items/1/name"), child("a#b"));
  const Response copied = post("/v1/bookmarks", batch({bookmark(mark("copy"), mark("b"))}));
  EXPECT_EQ(copied.status, 201) << copied;
  EXPECT_EQ(copied.text("/items/0/guid"), made.text("/items/0/guid"));
  EXPECT_EQ(get(bookmark_path(mark("copy"))).json, copied.at("/items/0"));
}

TEST_F(Bookmarks, ShowWhatTheyMark) {
  make("s");
  const Response marked = get(snapshot_path(snap("s")));
  const Response shown = get(bookmark_path(mark("s")));
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.text("/name"), mark("s"));
  EXPECT_EQ(shown.text("/dataset"), dataset());
  EXPECT_EQ(shown.text("/bookmark"), "s");
  EXPECT_EQ(shown.text("/guid"), marked.text("/guid"));
  EXPECT_EQ(shown.number("/createtxg"), marked.number("/createtxg"));
  EXPECT_EQ(shown.text("/created"), marked.text("/properties/creation/value"));
  EXPECT_EQ(shown.text("/properties/type/value"), "bookmark");
  EXPECT_EQ(shown.number("/properties/referenced/value"),
            marked.number("/properties/referenced/value"));
  EXPECT_TRUE(shown.at("/properties/ivsetguid/value").is_null()) << "it is not encrypted";
  EXPECT_TRUE(shown.at("/redact_snaps").is_null());
  EXPECT_TRUE(shown.at("/redact_complete").is_null());
}

TEST_F(Bookmarks, ShowWhatTheStockToolsShow) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make("s");
  const Response shown = get(bookmark_path(mark("s")));
  for (const auto& row : oracle_table("zfs get -Hp -o property,value "
                                      "guid,createtxg,referenced,logicalreferenced " +
                                      mark("s"))) {
    const json::Value& value = shown.at("/properties/" + row.at(0) + "/value");
    EXPECT_EQ(value.is_string()
                  ? std::string(json::view(value.as_string()))
                  : std::to_string(shown.number("/properties/" + row.at(0) + "/value")),
              row.at(1))
        << row.at(0);
  }
}

TEST_F(Bookmarks, OutliveTheirSnapshots) {
  make("s");
  const Response before = get(bookmark_path(mark("s")));
  ASSERT_EQ(del(snapshot_path(snap("s"))).status, 204);
  EXPECT_EQ(get(bookmark_path(mark("s"))).text("/guid"), before.text("/guid"));
}

TEST_F(Bookmarks, OfRedactionSayWhatTheyRedact) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_volume(child("vol"));
  make_snapshot(child("vol@s"));
  make_clone(child("vol@s"), child("clone"));
  make_snapshot(child("clone@s"));
  oracle("zfs redact " + child("vol@s") + " redacted " + child("clone@s"));
  make_bookmark(child("vol#plain"), child("vol@s"));
  const Response shown = get(bookmark_path(child("vol#redacted")));
  EXPECT_EQ(shown.texts("/redact_snaps"),
            std::vector{get(snapshot_path(child("clone@s"))).text("/guid")})
      << shown;
  EXPECT_EQ(shown.at("/redact_complete"), json::Value(true));
  const Response listed = get("/v1/bookmarks?under=" + encode(child("vol")));
  for (const json::Value& item : listed.at("/items").as_array())
    EXPECT_EQ(item.at("redact_snaps").is_null(), item.at("bookmark") == json::Value("plain"));
  EXPECT_EQ(get(bookmark_path(child("vol#plain"))).at("/redact_snaps"), json::Value(nullptr));
}

TEST_F(Bookmarks, WhenOneCannotBeMadeNoneIs) {
  make("s");
  make_snapshot(snap("t"));
  Response refused = post("/v1/bookmarks",
                          batch({bookmark(mark("t"), snap("t")), bookmark(mark("s"), snap("s"))}));
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_NE(refused.find_failure(mark("s")), nullptr) << refused;
  EXPECT_EQ(refused.find_failure(mark("t")), nullptr) << refused;
  refused = post("/v1/bookmarks",
                 batch({bookmark(mark("t"), snap("t")), bookmark(mark("u"), snap("absent"))}));
  EXPECT_TRUE(is_refused(refused, 404, "not_found"));
  EXPECT_NE(refused.find_failure(mark("u")), nullptr) << refused;
  refused = post("/v1/bookmarks",
                 batch({bookmark(mark("t"), snap("t")), bookmark(mark("u"), mark("absent"))}));
  EXPECT_TRUE(is_refused(refused, 404, "not_found"));
  refused = post("/v1/bookmarks", batch({bookmark(child("absent#b"), snap("t"))}));
  EXPECT_TRUE(is_refused(refused, 404, "not_found"));
  EXPECT_EQ(left(), std::vector{mark("s")});
}

TEST_F(Bookmarks, MarkOnlyWhatTheirDatasetDescendsFrom) {
  make_filesystem(child("a"));
  make_snapshot(child("a@s"));
  const Response refused = post("/v1/bookmarks", batch({bookmark(mark("b"), child("a@s"))}));
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  make_clone(child("a@s"), child("clone"));
  make_bookmark(child("clone#b"), child("a@s"));
  EXPECT_EQ(left(), std::vector{child("clone#b")});
}

TEST_F(Bookmarks, NeedTheFeatureOfThePool) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Disk disk;
  const PoolName old;
  oracle("zpool create -d " + old.text() + " " + disk.path());
  make_snapshot(old.text() + "@s");
  const Response refused =
      post("/v1/bookmarks", batch({bookmark(old.text() + "#b", old.text() + "@s")}));
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_NE(refused.text("/detail").find("bookmarks"), std::string::npos) << refused;
}

TEST_F(Bookmarks, ABadBatchIsRefusedBeforeAnythingHappens) {
  make_snapshot(snap("s"));
  EXPECT_TRUE(blames(post("/v1/bookmarks", batch({})), "body", "/bookmarks"));
  Response refused = post("/v1/bookmarks",
                          batch({bookmark(mark("b"), snap("s")), bookmark("other#b", "other@s")}));
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/bookmarks/1/name"));
  refused = post("/v1/bookmarks", batch({bookmark(mark("b"), "other@s")}));
  EXPECT_TRUE(blames(refused, "body", "/bookmarks/0/source"));
  refused = post("/v1/bookmarks", batch({bookmark(mark("b"), dataset())}));
  EXPECT_TRUE(blames(refused, "body", "/bookmarks/0/source"));
  refused = post("/v1/bookmarks",
                 batch({bookmark(mark("b"), snap("s")), bookmark(mark("b"), snap("s"))}));
  EXPECT_TRUE(blames(refused, "body", "/bookmarks/1/name"));
  refused = post("/v1/bookmarks", batch({bookmark(snap("b"), snap("s"))}));
  EXPECT_TRUE(blames(refused, "body", "/bookmarks/0/name"));
  json::Array many(1'001, bookmark(mark("b"), snap("s")));
  refused = post("/v1/bookmarks", {{"bookmarks", std::move(many)}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/bookmarks"));
  EXPECT_TRUE(left().empty());
}

TEST_F(Bookmarks, HeadFindsThoseThatExist) {
  make("s");
  EXPECT_EQ(send({.method = "HEAD", .target = bookmark_path(mark("s"))}).status, 200);
  EXPECT_EQ(send({.method = "HEAD", .target = bookmark_path(mark("absent"))}).status, 404);
  EXPECT_TRUE(is_refused(get(bookmark_path(child("absent#b"))), 404, "not_found"));
}

// --- destroy ---

TEST_F(Bookmarks, OneIsDestroyed) {
  make("s");
  make("t");
  const Response plan =
      send({.method = "DELETE", .target = bookmark_path(mark("s")) + "?plan=true"});
  EXPECT_EQ(plan.texts("/would_destroy"), std::vector{mark("s")});
  EXPECT_EQ(left().size(), 2U) << "a plan changes nothing";
  EXPECT_EQ(del(bookmark_path(mark("s"))).status, 204);
  EXPECT_EQ(left(), std::vector{mark("t")});
  EXPECT_TRUE(is_refused(del(bookmark_path(mark("s"))), 404, "not_found"));
  EXPECT_TRUE(has_snapshot(snap("s")));
}

TEST_F(Bookmarks, ManyAreDestroyedAndThoseThatDoNotExistAreSaid) {
  make("s");
  make("t");
  make("u");
  const json::Object body =
      names({mark("s"), mark("absent"), mark("t"), mark("s"), child("absent#b")});
  const Response plan = post("/v1/bookmarks/destroy?plan=true", body);
  EXPECT_EQ(plan.texts("/would_destroy"), (std::vector{mark("s"), mark("t")}));
  EXPECT_EQ(left().size(), 3U) << "a plan changes nothing";
  const Response destroyed = post("/v1/bookmarks/destroy", body);
  EXPECT_EQ(destroyed.status, 200) << destroyed;
  EXPECT_EQ(destroyed.texts("/destroyed"), (std::vector{mark("s"), mark("t")}));
  EXPECT_EQ(destroyed.texts("/absent"), (std::vector{mark("absent"), child("absent#b")}));
  EXPECT_EQ(left(), std::vector{mark("u")});
  const Response again = post("/v1/bookmarks/destroy", body);
  EXPECT_EQ(again.status, 200);
  EXPECT_TRUE(again.texts("/destroyed").empty());
}

TEST_F(Bookmarks, ABadBatchDestroysNothing) {
  make("s");
  EXPECT_TRUE(blames(post("/v1/bookmarks/destroy", names({})), "body", "/bookmarks"));
  EXPECT_TRUE(
      blames(post("/v1/bookmarks/destroy", names({mark("s"), "other#b"})), "body", "/bookmarks/1"));
  EXPECT_TRUE(
      blames(post("/v1/bookmarks/destroy", names({mark("s"), snap("s")})), "body", "/bookmarks/1"));
  EXPECT_EQ(left(), std::vector{mark("s")});
}

// --- lists ---

// Walks a list page by page, calling `between` after each, and counts how often each name comes.
template <class Between>
std::map<std::string, int> walk(const std::string& target, const Between& between) {
  std::map<std::string, int> seen;
  for (std::string next = target; !next.empty();) {
    const Response page = get(next);
    EXPECT_EQ(page.status, 200) << page;
    if (page.status != 200) break;
    for (const std::string& name : names_of(page.at("/items"))) ++seen[name];
    next = page.at("/next_cursor").is_null()
               ? ""
               : target + "&cursor=" + encode(page.text("/next_cursor"));
    between();
  }
  return seen;
}

TEST_F(Bookmarks, AreListedDatasetByDatasetAsGetShowsThem) {
  make("b");
  make("a");
  make_volume(child("vol"));
  make_snapshot(child("vol@s"));
  make_bookmark(child("vol#s"), child("vol@s"));
  const Response listed = get("/v1/bookmarks?under=" + encode(dataset()));
  EXPECT_EQ(listed.text("/items/0/name"), mark("b")) << "the oldest first";
  EXPECT_EQ(listed.text("/items/1/name"), mark("a"));
  EXPECT_EQ(listed.text("/items/2/name"), child("vol#s"));
  for (const json::Value& item : listed.at("/items").as_array())
    EXPECT_EQ(get(bookmark_path(json::view(item.at("name").as_string()))).json, item);
  const std::string under = "/v1/bookmarks?under=" + encode(dataset());
  EXPECT_EQ(names_in(under + "&depth=0"), (std::vector{mark("a"), mark("b")}));
  EXPECT_EQ(names_in(under + "&types=volume"), std::vector{child("vol#s")});
}

TEST_F(Bookmarks, AWalkInPagesHasEachOnceWhileOthersComeAndGo) {
  constexpr int count = 40;
  // Half of them are of one age, where the names alone give the order.
  make_snapshot(snap("first"));
  for (int i = 0; i < count / 2; ++i) make_bookmark(mark("one" + std::to_string(i)), snap("first"));
  for (int i = count / 2; i < count; ++i) make("each" + std::to_string(i));
  for (int i = 0; i < 10; ++i) make_bookmark(mark("goes" + std::to_string(i)), snap("first"));
  int round = 0;
  const auto seen = walk("/v1/bookmarks?under=" + encode(dataset()) + "&limit=3", [&] {
    make_bookmark(mark("comes" + std::to_string(round)), snap("first"));
    if (round < 10) del(bookmark_path(mark("goes" + std::to_string(round))));
    ++round;
  });
  EXPECT_GT(round, 10);
  for (int i = 0; i < count; ++i) {
    const std::string name = mark((i < count / 2 ? "one" : "each") + std::to_string(i));
    EXPECT_EQ(seen.contains(name) ? seen.at(name) : 0, 1) << name;
  }
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST_F(Bookmarks, AreListedByTheThousand) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  constexpr std::size_t count = 2'000;
  make_snapshot(snap("s"));
  for (std::size_t made = 0; made < count;) {
    json::Array some;
    for (std::size_t end = made + 500; made < end; ++made)
      some.push_back(bookmark(mark("b" + std::to_string(made)), snap("s")));
    ASSERT_EQ(post("/v1/bookmarks", {{"bookmarks", std::move(some)}}).status, 201);
  }
  EXPECT_EQ(get("/v1/bookmarks?under=" + encode(dataset())).at("/items").as_array().size(), 1'000U);
  const Response lines = send({.target = "/v1/bookmarks?under=" + encode(dataset()),
                               .headers = {"Accept: application/x-ndjson"}});
  EXPECT_EQ(std::ranges::count(lines.body, '\n'), static_cast<std::ptrdiff_t>(count) + 1);
}

TEST_F(Bookmarks, ACursorOfAnotherListIsRefused) {
  make("a");
  make("b");
  const std::string under = "under=" + encode(dataset());
  const std::string cursor = get("/v1/bookmarks?limit=1&" + under).text("/next_cursor");
  const Response refused = get("/v1/snapshots?" + under + "&cursor=" + encode(cursor));
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "query", "/cursor"));
}

}  // namespace
}  // namespace zfsrest::test
