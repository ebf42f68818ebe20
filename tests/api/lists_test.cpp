// Lists: where they begin, how far they go, and that pages and streams hold every object once.
#include <algorithm>
#include <functional>
#include <map>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Lists : public OnPool {
 protected:
  std::string list(const std::string& kind, const std::string& controls = "") const {
    return "/v1/" + kind + "?under=" + encode(dataset()) + controls;
  }
  // A tree with something of every kind.
  void make_tree() const {
    make_filesystem(child("a"));
    make_filesystem(child("a/b"));
    make_volume(child("vol"));
    EXPECT_EQ(post("/v1/snapshots",
                   {{"snapshots", json::Array{json::Value(dataset() + "@s")}}, {"recursive", true}})
                  .status,
              201);
  }
};

Response get_lines(const std::string& target) {
  return send({.target = target, .headers = {"Accept: application/x-ndjson"}});
}

std::vector<json::Value> lines_of(const Response& response) {
  std::vector<json::Value> lines;
  std::string_view rest = response.body;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    auto line = json::parse(rest.substr(0, end));
    EXPECT_TRUE(line.ok()) << rest.substr(0, end);
    if (line.ok()) lines.push_back(std::move(line).value());
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

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
    between(seen.size());
  }
  return seen;
}

TEST_F(Lists, UnderIncludesItsRootAndAllThatIsBelow) {
  make_tree();
  EXPECT_EQ(names_in(list("datasets")),
            (std::vector{dataset(), child("a"), child("a/b"), child("vol")}));
  EXPECT_EQ(names_in(list("snapshots")),
            (std::vector{child("a/b@s"), child("a@s"), child("vol@s"), dataset() + "@s"}));
  EXPECT_EQ(names_in("/v1/datasets?under=" + encode(child("a"))),
            (std::vector{child("a"), child("a/b")}));
}

TEST_F(Lists, DepthSaysHowFarBelow) {
  make_tree();
  EXPECT_EQ(names_in(list("datasets", "&depth=0")), std::vector{dataset()});
  EXPECT_EQ(names_in(list("datasets", "&depth=1")),
            (std::vector{dataset(), child("a"), child("vol")}));
  EXPECT_EQ(names_in(list("datasets", "&depth=2")).size(), 4U);
  EXPECT_EQ(names_in(list("snapshots", "&depth=0")), std::vector{dataset() + "@s"});
  EXPECT_EQ(names_in(list("snapshots", "&depth=1")),
            (std::vector{child("a@s"), child("vol@s"), dataset() + "@s"}));
}

TEST_F(Lists, TypesChoose) {
  make_tree();
  EXPECT_EQ(names_in(list("datasets", "&types=volume")), std::vector{child("vol")});
  EXPECT_EQ(names_in(list("datasets", "&types=filesystem")),
            (std::vector{dataset(), child("a"), child("a/b")}));
  EXPECT_EQ(names_in(list("datasets", "&types=filesystem,volume")).size(), 4U);
  EXPECT_EQ(names_in(list("snapshots", "&types=volume")), std::vector{child("vol@s")});
}

TEST_F(Lists, ParentsComeBeforeChildren) {
  make_tree();
  const Response listed = get(list("datasets"));
  std::vector<std::string> order;
  for (const json::Value& item : listed.at("/items").as_array())
    order.emplace_back(json::view(item.at("name").as_string()));
  EXPECT_EQ(order.front(), dataset());
  EXPECT_LT(std::ranges::find(order, child("a")), std::ranges::find(order, child("a/b")));
}

TEST_F(Lists, ItemsAreWhatGetShows) {
  make_tree();
  const Response datasets = get(list("datasets"));
  for (const json::Value& item : datasets.at("/items").as_array())
    EXPECT_EQ(get(dataset_path(json::view(item.at("name").as_string()))).json, item);
  const Response snapshots = get(list("snapshots"));
  for (const json::Value& item : snapshots.at("/items").as_array())
    EXPECT_EQ(get(snapshot_path(json::view(item.at("name").as_string()))).json, item);
}

TEST_F(Lists, APageThatEndsTheListSaysSo) {
  const Response listed = get(list("datasets"));
  EXPECT_TRUE(listed.at("/next_cursor").is_null());
  EXPECT_TRUE(listed.at("/unavailable").as_array().empty());
}

TEST_F(Lists, AWalkInPagesHasEveryObjectOnceWhileOthersComeAndGo) {
  constexpr int count = 60;
  constexpr int fleeting = 15;
  mount_nothing_below();
  const auto stays = [&](int i) { return child("stays" + std::to_string(i)); };
  const auto goes = [&](int i) { return child("goes" + std::to_string(i)); };
  for (int i = 0; i < count; ++i) make_filesystem(stays(i));
  for (int i = 0; i < fleeting; ++i) make_filesystem(goes(i));
  int round = 0;
  const auto seen = walk(list("datasets", "&limit=5"), [&](std::size_t) {
    make_filesystem(child("comes" + std::to_string(round)));
    if (round < fleeting) EXPECT_EQ(del(dataset_path(goes(round))).status, 204);
    ++round;
  });
  EXPECT_GT(round, 14);
  for (int i = 0; i < count; ++i)
    EXPECT_EQ(seen.contains(stays(i)) ? seen.at(stays(i)) : 0, 1) << stays(i);
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST_F(Lists, AWalkThroughSnapshotsHasEachOnceWhileOthersGo) {
  make_filesystem(child("a"));
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(post("/v1/snapshots",
                   {{"snapshots", json::Array{json::Value(dataset() + "@s" + std::to_string(i))}},
                    {"recursive", true}})
                  .status,
              201);
  int round = 0;
  const auto seen = walk(list("snapshots", "&limit=7"), [&](std::size_t) {
    // What was seen already may go; what comes must not hide anything.
    make_snapshot(child("a@new" + std::to_string(round++)));
  });
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(seen.at(dataset() + "@s" + std::to_string(i)), 1);
    EXPECT_EQ(seen.at(child("a@s" + std::to_string(i))), 1);
  }
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST_F(Lists, ADatasetThatVanishesMidwayEndsOnlyItsOwnPart) {
  for (const char* name : {"a", "b", "c"})
    for (const char* below : {"", "/1", "/2", "/3"})
      make_filesystem(child(std::string(name) + below));
  bool destroyed = false;
  const auto seen = walk(list("datasets", "&limit=2"), [&](std::size_t) {
    if (std::exchange(destroyed, true)) return;
    EXPECT_EQ(del_and_wait(dataset_path(child("b")) + "?recursive=true").status, 204);
  });
  for (const std::string& name : {child("a"), child("a/1"), child("a/3"), child("c"), child("c/2")})
    EXPECT_EQ(seen.contains(name), true) << name;
}

// The names of a list in its own order, taken in pages of so many.
std::vector<std::string> names_in_pages(const std::string& target, int limit) {
  std::vector<std::string> names;
  std::string cursor;
  do {
    const Response page = get(target + "&limit=" + std::to_string(limit) +
                              (cursor.empty() ? "" : "&cursor=" + cursor));
    const json::Array& items = page.at("/items").as_array();
    EXPECT_LE(items.size(), static_cast<std::size_t>(limit));
    for (const json::Value& item : items)
      names.emplace_back(json::view(item.at("name").as_string()));
    cursor = page.at("/next_cursor").is_null() ? "" : encode(page.text("/next_cursor"));
  } while (!cursor.empty());
  return names;
}

TEST_F(Lists, WhatManyDatasetsHaveComesInOneOrderHoweverItIsCut) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  mount_nothing_below();
  // Some have nothing, one has more than a first piece, and what is below one stands before its
  // next.
  for (int i = 0; i < 20; ++i) {
    const std::string name =
        child((i % 5 == 4 ? "d" + std::to_string(i - 1) + "/" : "") + "d" + std::to_string(i));
    make_filesystem(name);
    for (int j = 0; j < (i == 7 ? 11 : i % 3); ++j) make_snapshot(name + "@s" + std::to_string(j));
  }
  std::vector<std::string> expected;
  for (const std::string& name : names_in_pages(list("datasets"), 1000))
    for (const std::string& own :
         names_in_pages("/v1/snapshots?depth=0&under=" + encode(name), 1000))
      expected.push_back(own);
  ASSERT_EQ(expected.size(), 29U);
  for (const int limit : {1, 2, 3, 5, 8, 9, 28, 29, 30})
    EXPECT_EQ(names_in_pages(list("snapshots"), limit), expected) << "limit " << limit;
}

// What is read ahead was begun when more was wanted than there is room for in the end.
TEST_F(Lists, NoPageIsLongerThanItsLimitHoweverMuchIsReadAhead) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  mount_nothing_below();
  for (int i = 0; i < 12; ++i) make_filesystem(child("d" + std::to_string(i)));
  oracle("for i in $(seq 25); do zfs snapshot -r " + dataset() + "@s$i; done");
  const std::string target = list("snapshots", "&fields=name");
  const auto all = names_in_pages(target, 10'000);
  EXPECT_EQ(all.size(), 13U * 25U);
  for (int round = 0; round < 3; ++round)
    for (const int limit : {26, 30, 39, 50, 120})
      EXPECT_EQ(names_in_pages(target, limit), all) << "limit " << limit;
}

// So many are read in parts, by several workers, where a page is long enough for that.
TEST_F(Lists, TheManySnapshotsOfOneDatasetComeOnceAndInOneOrder) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  mount_nothing_below();
  constexpr int many = 300;
  std::vector<std::string> made;
  for (const char* name : {"a", "b", "b/c", "d"}) {
    make_filesystem(child(name));
    const int count = std::string_view(name) == "b" ? many : 2;
    for (int i = 0; i < count; ++i) made.push_back(child(name) + "@s" + std::to_string(i));
  }
  for (const std::string& name : made) make_snapshot(name);
  const std::string target = list("snapshots", "&fields=name");
  // A page as short as this is read by one after the other.
  const auto expected = names_in_pages(target, 10);
  std::vector<std::string> sorted = expected;
  std::ranges::sort(sorted);
  std::ranges::sort(made);
  ASSERT_EQ(sorted, made);
  for (const int limit : {10'000, many + 6, many + 5, many, 120, 65})
    EXPECT_EQ(names_in_pages(target, limit), expected) << "limit " << limit;
  EXPECT_EQ(names_in_pages(list("snapshots"), 10'000), expected);

  // What is there throughout comes once, whatever else comes and goes meanwhile.
  int round = 0;
  const auto seen = walk(target + "&limit=65", [&](std::size_t) {
    make_snapshot(child("b@new") + std::to_string(round));
    if (round > 0)
      EXPECT_EQ(del(snapshot_path(child("b@new") + std::to_string(round - 1))).status, 204);
    ++round;
  });
  for (const std::string& name : made)
    EXPECT_EQ(seen.contains(name) ? seen.at(name) : 0, 1) << name;
}

TEST_F(Lists, TwoListsOfSeveralPoolsAreOne) {
  const PoolName other;
  const Disk disk;
  EXPECT_EQ(
      post("/v1/pools", {{"name", other.text()}, {"vdevs", {{"data", json::Array{disk.vdev()}}}}})
          .status,
      201);
  make_filesystem(other.text() + "/x");
  const auto all = walk("/v1/datasets?limit=3", [](std::size_t) {});
  for (const std::string& name : {pool(), dataset(), other.text(), other.text() + "/x"})
    EXPECT_EQ(all.contains(name) ? all.at(name) : 0, 1) << name;
  EXPECT_EQ(names_in("/v1/datasets?under=" + other.text()),
            (std::vector{other.text(), other.text() + "/x"}));
}

TEST_F(Lists, LinesHoldWhatThePageHolds) {
  make_tree();
  for (const char* kind : {"datasets", "snapshots"}) {
    const Response page = get(list(kind));
    const Response streamed = get_lines(list(kind));
    EXPECT_EQ(streamed.status, 200);
    EXPECT_EQ(streamed.header("content-type"), "application/x-ndjson");
    const auto lines = lines_of(streamed);
    const json::Array& items = page.at("/items").as_array();
    ASSERT_EQ(lines.size(), items.size() + 1) << streamed;
    for (std::size_t i = 0; i < items.size(); ++i) EXPECT_EQ(lines[i], items[i]);
    EXPECT_EQ(lines.back(),
              json::Value({{"next_cursor", nullptr}, {"unavailable", json::Array{}}}));
  }
  EXPECT_EQ(names_of(json::Array{lines_of(get_lines("/v1/pools")).front()}).size(), 1U);
}

TEST_F(Lists, LinesTakeALimitAndGoOnFromACursor) {
  make_tree();
  const auto first = lines_of(get_lines(list("datasets", "&limit=3")));
  ASSERT_EQ(first.size(), 4U);
  const std::string cursor(json::view(first.back().at("next_cursor").as_string()));
  const auto second = lines_of(get_lines(list("datasets", "&limit=3&cursor=" + encode(cursor))));
  ASSERT_EQ(second.size(), 2U);
  EXPECT_TRUE(second.back().at("next_cursor").is_null());
}

TEST_F(Lists, LinesHaveNoLimitAndPagesDo) {
  if (const auto lack = find_lack({.takes = Takes::long_under_emulation})) GTEST_SKIP() << *lack;
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  constexpr std::size_t datasets = 35;
  constexpr std::size_t snapshots = 30;
  mount_nothing_below();
  for (std::size_t i = 1; i < datasets; ++i) make_filesystem(child("d" + std::to_string(i)));
  // The stock tools do not read again what they have made, which takes half of the time.
  oracle("for i in $(seq " + std::to_string(snapshots) + "); do zfs snapshot -r " + dataset() +
         "@s$i; done");
  const std::vector<json::Value> lines = lines_of(get_lines(list("snapshots")));
  EXPECT_EQ(lines.size(), datasets * snapshots + 1);
  const Response page = get(list("snapshots"));
  EXPECT_EQ(page.at("/items").as_array().size(), 1000U);
  EXPECT_FALSE(page.at("/next_cursor").is_null());
  // What is sorted is read in pieces of one order.
  std::vector<std::string> sorted;
  const std::vector<json::Value> by_name =
      lines_of(get_lines(list("snapshots", "&sort=name&fields=name")));
  EXPECT_TRUE(by_name.back().as_object().contains("next_cursor")) << by_name.back();
  for (const json::Value& line : by_name)
    if (const json::Value* name = line.as_object().if_contains("name"))
      sorted.emplace_back(json::view(name->as_string()));
  EXPECT_EQ(sorted, names_of(json::Value(json::Array(lines.begin(), lines.end() - 1))));
}

TEST_F(Lists, BadControlsAreRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"limit=0", "/limit"},          {"limit=10001", "/limit"},
      {"limit=x", "/limit"},          {"limit=-1", "/limit"},
      {"limit=1.5", "/limit"},        {"limit=", "/limit"},
      {"depth=-1", "/depth"},         {"depth=x", "/depth"},
      {"types=snapshot", "/types/0"}, {"types=volume,", "/types/1"},
      {"under=a//b", "/under"},       {"under=" + encode(dataset() + "@s"), "/under"},
      {"cursor=%21", "/cursor"},      {"cursor=", "/cursor"},
      {"sort=nosuch", "/sort/0"},     {"filter=x", "/filter"},
      {"feilds=name", "/feilds"},     {"Limit=1", "/Limit"},
      {"plan=true", "/plan"}};
  for (const auto& [control, pointer] : table) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, control);
    const std::string under =
        control.starts_with("under") ? "" : "under=" + encode(dataset()) + "&";
    const Response refused = get("/v1/datasets?" + under + control);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "query", pointer));
  }
  const Response lost = get("/v1/datasets?depth=1");
  EXPECT_TRUE(is_refused(lost, 400, "bad_request"));
  EXPECT_TRUE(blames(lost, "query", "/depth"));
}

TEST_F(Lists, ACursorOfAnotherListIsRefused) {
  make_tree();
  make_filesystem(child("z"));
  const std::string cursor = encode(get(list("datasets", "&limit=2")).text("/next_cursor"));
  for (const std::string& target :
       {"/v1/datasets?under=" + encode(child("z")) + "&cursor=" + cursor,
        "/v1/snapshots?cursor=" + cursor, std::string("/v1/pools?cursor=!!"),
        std::string("/v1/datasets?cursor=e30"), std::string("/v1/snapshots?cursor=AAAA")}) {
    const Response refused = get(target);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "query", "/cursor"));
  }
}

TEST_F(Lists, ACursorThatNobodyGaveOutIsRefused) {
  make_tree();
  for (const std::string& of :
       {list("datasets", "&limit=2"), list("datasets", "&limit=2&sort=name"),
        list("snapshots", "&limit=1"), std::string("/v1/pools?limit=1"),
        std::string("/v1/jobs?limit=1")}) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, of);
    const Response page = get(of);
    ASSERT_EQ(page.status, 200) << page;
    if (page.at("/next_cursor").is_null()) continue;  // one pool, or one job
    const std::string given = page.text("/next_cursor");
    EXPECT_EQ(get(of + "&cursor=" + encode(given)).status, 200);
    // Every letter counts, and so does where it ends.
    std::vector<std::string> forged{given.substr(22), given.substr(0, given.size() - 1),
                                    given + "A"};
    for (std::size_t at = 0; at < given.size(); ++at) {
      forged.push_back(given);
      forged.back()[at] = given[at] == 'A' ? 'B' : 'A';
    }
    for (const std::string& cursor : forged) {
      const Response refused = get(of + "&cursor=" + encode(cursor));
      EXPECT_TRUE(is_refused(refused, 400, "bad_request")) << cursor;
      EXPECT_TRUE(blames(refused, "query", "/cursor"));
    }
  }
}

TEST_F(Lists, WhatIsNotThereIsNotFound) {
  EXPECT_TRUE(is_refused(get("/v1/datasets?under=nosuchpool"), 404, "not_found"));
  EXPECT_TRUE(is_refused(get("/v1/datasets?under=" + encode(child("nosuch"))), 404, "not_found"));
  EXPECT_TRUE(is_refused(get("/v1/snapshots?under=" + encode(child("nosuch"))), 404, "not_found"));
  EXPECT_TRUE(
      is_refused(get_lines("/v1/datasets?under=" + encode(child("nosuch"))), 404, "not_found"));
}

TEST_F(Lists, AnEmptyListIsEmpty) {
  const Response listed = get(list("snapshots"));
  EXPECT_EQ(listed.status, 200);
  EXPECT_TRUE(listed.at("/items").as_array().empty());
  EXPECT_EQ(lines_of(get_lines(list("snapshots"))).size(), 1U);
}

// --- fields and filters ---

json::Object sorted_row(const Response& listed, const std::string& name) {
  for (const json::Value& item : listed.at("/items").as_array())
    if (item.as_object().contains("name") && json::view(item.at("name").as_string()) == name)
      return item.as_object();
  ADD_FAILURE() << name << " is not in " << listed;
  return {};
}

TEST_F(Lists, FieldsAreThoseThatWereAskedFor) {
  make_tree();
  EXPECT_EQ(patch(dataset_path(child("a")), {{"properties", {{"org.example:a", "1"}}}}).status,
            200);
  const json::Object whole = get(dataset_path(child("a"))).json.as_object();
  const json::Object row = sorted_row(
      get(list("datasets", "&fields=name,guid,used,compression,org.example:a")), child("a"));
  EXPECT_EQ(row.size(), 3U) << json::serialize(row);
  EXPECT_EQ(row.at("guid"), whole.at("guid"));
  const json::Object& properties = row.at("properties").as_object();
  EXPECT_EQ(properties.size(), 3U) << json::serialize(row);
  for (const char* name : {"used", "compression", "org.example:a"})
    EXPECT_EQ(properties.at(name), whole.at("properties").at(name)) << name;

  const json::Object brief =
      sorted_row(get(list("datasets", "&fields=createtxg,guid,name")), child("a"));
  EXPECT_EQ(brief.size(), 3U) << json::serialize(brief);
  EXPECT_EQ(brief.at("guid"), whole.at("guid"));
  EXPECT_EQ(brief.at("createtxg"), whole.at("createtxg"));
  EXPECT_EQ(
      sorted_row(get(list("datasets", "&fields=name,properties")), child("a")).at("properties"),
      whole.at("properties"));
}

// What is asked for alone has the value that it has among all.
TEST_F(Lists, EveryPropertyAloneIsAsAmongAll) {
  make_tree();
  for (const char* kind : {"datasets", "snapshots"}) {
    const Response all = get(list(kind));
    std::map<std::string, json::Object> alone;
    for (const json::Value& item : all.at("/items").as_array())
      for (const auto& [name, property] : item.at("properties").as_object()) alone[name];
    for (auto& [name, unused] : alone) {
      const Response some = get(list(kind, "&fields=name," + encode(name)));
      ASSERT_EQ(some.status, 200) << some;
      for (const json::Value& item : all.at("/items").as_array()) {
        const json::Object row =
            sorted_row(some, std::string(json::view(item.at("name").as_string())));
        if (item.as_object().contains(name)) continue;  // a field of the object itself
        const json::Object& properties = item.at("properties").as_object();
        const json::Object& got = row.at("properties").as_object();
        EXPECT_EQ(got.contains(name), properties.contains(name)) << name;
        if (properties.contains(name) && name != "available" && name != "used")
          EXPECT_EQ(got.at(name), properties.at(name)) << name;
      }
    }
  }
}

TEST_F(Lists, SnapshotsAndBookmarksHaveFieldsToo) {
  make_snapshot(dataset() + "@s");
  make_bookmark(dataset() + "#b", dataset() + "@s");
  const Response whole = get(snapshot_path(dataset() + "@s"));
  const json::Object row = sorted_row(
      get(list("snapshots", "&fields=name,guid,createtxg,clones,snapshot")), dataset() + "@s");
  EXPECT_EQ(row.size(), 5U) << json::serialize(row);
  for (const char* name : {"guid", "createtxg", "clones", "snapshot"})
    EXPECT_EQ(row.at(name), whole.json.at(name)) << name;
  EXPECT_EQ(get(list("snapshots", "&fields=name")).json.at("items"),
            json::Value(json::Array{json::Object{{"name", dataset() + "@s"}}}));
  const json::Object mark =
      sorted_row(get(list("bookmarks", "&fields=name,created,redact_snaps")), dataset() + "#b");
  EXPECT_EQ(mark.size(), 3U) << json::serialize(mark);
  EXPECT_TRUE(mark.at("redact_snaps").is_null());
}

TEST_F(Lists, LinesHaveFieldsToo) {
  make_snapshot(dataset() + "@s");
  const auto lines = lines_of(get_lines(list("snapshots", "&fields=name")));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], json::Value({{"name", dataset() + "@s"}}));
}

TEST_F(Lists, FiltersKeepWhatTheyAreTrueOf) {
  make_tree();
  EXPECT_EQ(patch(dataset_path(child("a")),
                  {{"properties", {{"org.example:a", "1"}, {"quota", 1'073'741'824}}}})
                .status,
            200);
  const auto kept = [&](const std::string& kind, const std::string& filter) {
    return names_in(list(kind, "&filter=" + encode(filter)));
  };
  EXPECT_EQ(kept("datasets", "name~*/a"), std::vector{child("a")});
  EXPECT_EQ(kept("datasets", "name~" + child("*") + " and type=filesystem"),
            (std::vector{child("a"), child("a/b")}));
  EXPECT_EQ(kept("datasets", "quota>=1073741824"), std::vector{child("a")});
  EXPECT_EQ(kept("datasets", "quota=null and type=filesystem"),
            (std::vector{dataset(), child("a/b")}));
  EXPECT_EQ(kept("datasets", "org.example:a=1"), (std::vector{child("a"), child("a/b")}))
      << "it is inherited";
  EXPECT_EQ(kept("datasets", "org.example:a!=1"), (std::vector{dataset(), child("vol")}));
  EXPECT_EQ(kept("snapshots", "dataset=" + child("vol")), std::vector{child("vol@s")});
  EXPECT_EQ(kept("snapshots", "snapshot=t"), std::vector<std::string>());
  const std::string guid = get(snapshot_path(child("a@s"))).text("/guid");
  EXPECT_EQ(kept("snapshots", "guid=" + guid), std::vector{child("a@s")});
  EXPECT_EQ(kept("datasets", "creation>2000-01-01T00:00:00Z and compressratio<=1").size(), 4U);
  EXPECT_EQ(kept("datasets", "creation>2100-01-01T00:00:00Z").size(), 0U);
}

TEST_F(Lists, WhatIsComparedNeedNotBeShown) {
  make_tree();
  const Response listed =
      get(list("datasets", "&fields=name&filter=" + encode("type=volume and volsize>0")));
  EXPECT_EQ(listed.json.at("items"),
            json::Value(json::Array{json::Object{{"name", child("vol")}}}));
}

TEST_F(Lists, AFilteredWalkInPagesHasEachOnce) {
  for (int i = 0; i < 30; ++i)
    make_snapshot(dataset() + "@" + (i % 3 == 0 ? "a" : "b") + std::to_string(i));
  const std::uint64_t middle = get(snapshot_path(dataset() + "@b14")).number("/createtxg");
  const auto seen =
      walk(list("snapshots", "&limit=2&fields=name&filter=" +
                                 encode("snapshot~a* and createtxg>" + std::to_string(middle))),
           [](std::size_t) {});
  EXPECT_EQ(seen.size(), 5U);
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST_F(Lists, WhatCannotBeShownOrComparedIsRefused) {
  for (const char* bad : {"", "nme", "name,", "feature@x", "Name"}) {
    const Response answer = get(list("datasets", "&fields=" + encode(bad)));
    EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << bad;
    EXPECT_TRUE(answer.blames({"query", std::string(bad) == "name," ? "/fields/1" : "/fields/0"}))
        << answer;
  }
  EXPECT_TRUE(get(list("datasets", "&fields=snapshot")).blames({"query", "/fields/0"}))
      << "only snapshots have that";
  for (const char* bad : {"", "used", "used=x", "nme=1", "used>1 and", "created>1", "((used=1)"}) {
    const Response answer = get(list("datasets", "&filter=" + encode(bad)));
    EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << bad;
    EXPECT_TRUE(answer.blames({"query", "/filter"})) << answer;
  }
}

// The names in the list's own order; names_in() sorts them.
std::vector<std::string> names_listed(const std::string& target) {
  const Response page = get(target);
  EXPECT_EQ(page.status, 200) << page;
  std::vector<std::string> names;
  if (page.status != 200) return names;
  for (const json::Value& item : page.at("/items").as_array())
    names.emplace_back(json::view(item.at("name").as_string()));
  return names;
}

TEST_F(Lists, SortAsTheyAreAskedTo) {
  make_tree();
  const auto set = [&](const std::string& name, json::Object properties) {
    EXPECT_EQ(patch(dataset_path(name), {{"properties", std::move(properties)}}).status, 200);
  };
  set(child("a"), {{"quota", 2'147'483'648}, {"org.example:team", "red"}});
  set(child("a/b"), {{"quota", 1'073'741'824}, {"org.example:team", "blue"}});
  const auto sorted = [&](const std::string& kind, const std::string& by) {
    return names_listed(list(kind, "&sort=" + encode(by)));
  };
  EXPECT_EQ(sorted("datasets", "name"),
            (std::vector{dataset(), child("a"), child("a/b"), child("vol")}));
  EXPECT_EQ(sorted("datasets", "-name"),
            (std::vector{child("vol"), child("a/b"), child("a"), dataset()}));
  EXPECT_EQ(sorted("datasets", "quota"),
            (std::vector{child("a/b"), child("a"), dataset(), child("vol")}))
      << "what has none comes last";
  EXPECT_EQ(sorted("datasets", "-quota"),
            (std::vector{child("a"), child("a/b"), dataset(), child("vol")}));
  EXPECT_EQ(sorted("datasets", "org.example:team,-name"),
            (std::vector{child("a/b"), child("a"), child("vol"), dataset()}));
  EXPECT_EQ(sorted("datasets", "-type,name"),
            (std::vector{child("vol"), dataset(), child("a"), child("a/b")}));
  EXPECT_EQ(sorted("snapshots", "-dataset"),
            (std::vector{child("vol@s"), child("a/b@s"), child("a@s"), dataset() + "@s"}));
  EXPECT_EQ(sorted("datasets", "-createtxg").back(), dataset());
  // By number, which for guids differs from the order of their texts.
  std::vector<std::pair<std::uint64_t, std::string>> by_guid;
  const Response listed = get(list("datasets"));
  for (const json::Value& item : listed.at("/items").as_array())
    by_guid.emplace_back(std::stoull(std::string(json::view(item.at("guid").as_string()))),
                         json::view(item.at("name").as_string()));
  std::ranges::sort(by_guid);
  std::vector<std::string> expected;
  expected.reserve(by_guid.size());
  for (const auto& [guid, name] : by_guid) expected.push_back(name);
  EXPECT_EQ(sorted("datasets", "guid"), expected);
}

TEST_F(Lists, SortedObjectsAreThoseThatAreListed) {
  make_tree();
  make_bookmark(dataset() + "#k", dataset() + "@s");
  make_bookmark(dataset() + "#j", dataset() + "@s");
  for (const char* kind : {"datasets", "snapshots", "bookmarks"})
    for (const char* controls : {"", "&fields=name,guid", "&fields=createtxg,name&types=filesystem",
                                 "&filter=name~*o*&fields=name,createtxg"}) {
      const testing::ScopedTrace trace(__FILE__, __LINE__, kind + std::string(controls));
      const Response listed = get(list(kind, controls));
      ASSERT_EQ(listed.status, 200) << listed;
      json::Array expected = listed.at("/items").as_array();
      std::ranges::sort(expected, std::greater(), [](const json::Value& item) {
        return std::string(json::view(item.at("name").as_string()));
      });
      const Response sorted = get(list(kind, controls + std::string("&sort=-name")));
      EXPECT_EQ(sorted.at("/items"), json::Value(expected));
      EXPECT_TRUE(sorted.at("/next_cursor").is_null());
    }
}

TEST_F(Lists, ASortedWalkInPagesHasEachOnceInOrder) {
  std::vector<std::string> made;
  for (int i = 0; i < 25; ++i) {
    made.push_back(dataset() + "@" + std::string(1, static_cast<char>('a' + (i * 7) % 25)));
    make_snapshot(made.back());
  }
  std::ranges::reverse(made);
  const std::string target = list("snapshots", "&sort=-createtxg&limit=4&fields=snapshot");
  std::vector<std::string> walked;
  for (std::string next = target; !next.empty();) {
    const Response page = get(next);
    ASSERT_EQ(page.status, 200) << page;
    for (const json::Value& item : page.at("/items").as_array())
      walked.push_back(dataset() + "@" + std::string(json::view(item.at("snapshot").as_string())));
    next = page.at("/next_cursor").is_null()
               ? ""
               : target + "&cursor=" + encode(page.text("/next_cursor"));
  }
  EXPECT_EQ(walked, made);
  const std::vector<json::Value> lines =
      lines_of(get_lines(list("snapshots", "&sort=-createtxg&fields=name")));
  ASSERT_EQ(lines.size(), made.size() + 1);
  EXPECT_EQ(lines.front().at("name"), json::Value(made.front()));
  EXPECT_TRUE(lines.back().at("next_cursor").is_null());
}

TEST_F(Lists, WhatCannotBeSortedByIsRefused) {
  for (const char* bad : {"", "-", "nme", "-snapshot", "feature@x"}) {
    const Response answer = get(list("datasets", "&sort=" + encode(bad)));
    EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << bad;
    EXPECT_TRUE(answer.blames({"query", "/sort/0"})) << answer;
  }
  EXPECT_TRUE(get(list("datasets", "&sort=name,-name")).blames({"query", "/sort/1"}));
  EXPECT_TRUE(get(list("datasets", "&sort=name,used,guid,type,quota")).blames({"query", "/sort"}));
  make_snapshot(dataset() + "@a");
  make_snapshot(dataset() + "@b");
  const std::string cursor =
      "&cursor=" + encode(get(list("snapshots", "&sort=name&limit=1")).text("/next_cursor"));
  EXPECT_EQ(get(list("snapshots", "&sort=name&limit=1" + cursor)).status, 200);
  for (const char* other : {"", "&sort=-name", "&sort=name,used"}) {
    const Response answer = get(list("snapshots", other + cursor));
    EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << other;
    EXPECT_TRUE(answer.blames({"query", "/cursor"})) << answer;
  }
}

}  // namespace
}  // namespace zfsrest::test
