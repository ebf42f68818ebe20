// Pools: how they are made of which devices, what they show, and how they go.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

json::Value group(const std::string& type, const std::vector<Disk>& disks, json::Object more = {}) {
  more["type"] = type;
  more["children"] = vdevs(disks);
  return more;
}

json::Object one_disk(const Disk& disk) {
  return {{"data", json::Array{disk.vdev()}}};
}

json::Object request(const PoolName& pool, json::Object layout, json::Object more = {}) {
  more["name"] = pool.text();
  more["vdevs"] = std::move(layout);
  return more;
}

Response create(const PoolName& pool, json::Object layout, json::Object more = {}) {
  return post("/v1/pools", request(pool, std::move(layout), std::move(more)));
}

Response status_of(const PoolName& pool) {
  return get(pool_path(pool.text()) + "/status");
}

// The paths of the leaves below a vdev.
std::vector<std::string> paths_below(const json::Value& vdev) {
  std::vector<std::string> paths;
  for (const json::Value& leaf : vdev.at("children").as_array())
    paths.emplace_back(json::view(leaf.at("path").as_string()));
  return paths;
}

std::vector<std::string> paths_of(const std::vector<Disk>& disks) {
  std::vector<std::string> paths;
  for (const Disk& disk : disks) paths.push_back(disk.path());
  return paths;
}

// --- layouts ---

TEST(Pools, APoolOfOneFileIsCreated) {
  const PoolName pool;
  const Disk disk;
  const Response made = create(pool, one_disk(disk));
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("location"), pool_path(pool.text()));
  EXPECT_EQ(made.text("/name"), pool.text());
  EXPECT_EQ(made.text("/health"), "online");
  EXPECT_TRUE(made.at("/suspended").is_null());
  EXPECT_EQ(get(dataset_path(pool.text())).text("/type"), "filesystem");
  const Response status = status_of(pool);
  EXPECT_EQ(status.text("/vdevs/data/0/type"), "file");
  EXPECT_EQ(status.text("/vdevs/data/0/path"), disk.path());
  EXPECT_EQ(status.text("/vdevs/data/0/state"), "online");
  EXPECT_TRUE(status.at("/scan").is_null());
  EXPECT_EQ(status.number("/data_errors"), 0U);
}

TEST(Pools, MirrorsAndRaidzAreMadeOfTheirLeaves) {
  struct Row {
    std::string type;
    std::size_t leaves;
    json::Object more;
    std::uint64_t parity;
  };
  const std::vector<Row> table{{"mirror", 2, {}, 0},
                               {"mirror", 3, {}, 0},
                               {"raidz", 2, {}, 1},
                               {"raidz", 3, {{"parity", 2}}, 2},
                               {"raidz", 4, {{"parity", 3}}, 3}};
  for (const Row& row : table) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, row.type + std::to_string(row.parity));
    const PoolName pool;
    const auto leaves = disks(row.leaves);
    EXPECT_EQ(create(pool, {{"data", json::Array{group(row.type, leaves, row.more)}}}).status, 201);
    const Response status = status_of(pool);
    EXPECT_EQ(status.text("/vdevs/data/0/type"), row.type);
    EXPECT_EQ(paths_below(status.at("/vdevs/data/0")), paths_of(leaves));
    if (row.parity > 0) EXPECT_EQ(status.number("/vdevs/data/0/parity"), row.parity);
  }
}

TEST(Pools, SeveralTopLevelVdevsAreStriped) {
  const PoolName pool;
  const auto first = disks(2);
  const auto second = disks(2);
  EXPECT_EQ(
      create(pool, {{"data", json::Array{group("mirror", first), group("mirror", second)}}}).status,
      201);
  EXPECT_EQ(paths_below(status_of(pool).at("/vdevs/data/1")), paths_of(second));
}

TEST(Pools, ADraidHasItsDistributedSpares) {
  const PoolName pool;
  const auto leaves = disks(6);
  const Response made = create(
      pool,
      {{"data", json::Array{group("draid", leaves, {{"parity", 1}, {"data", 2}, {"spares", 1}})}}});
  EXPECT_EQ(made.status, 201);
  const Response status = status_of(pool);
  EXPECT_EQ(status.text("/vdevs/data/0/type"), "draid");
  EXPECT_EQ(status.number("/vdevs/data/0/parity"), 1U);
  EXPECT_EQ(status.number("/vdevs/data/0/draid_data"), 2U);
  EXPECT_EQ(status.number("/vdevs/data/0/draid_spares"), 1U);
  EXPECT_EQ(status.at("/vdevs/data/0/children").as_array().size(), 6U);
  EXPECT_EQ(status.text("/vdevs/spare/0/path"), "draid1-0-0");
  if (has_oracle())
    EXPECT_NE(oracle("zpool status " + pool.text()).find("draid1:2d:6c:1s-0"), std::string::npos);
}

TEST(Pools, ADraidWithoutNumbersTakesWhatItsLeavesGive) {
  const PoolName pool;
  const auto leaves = disks(4);
  EXPECT_EQ(create(pool, {{"data", json::Array{group("draid", leaves)}}}).status, 201);
  EXPECT_EQ(status_of(pool).number("/vdevs/data/0/draid_data"), 3U);
}

TEST(Pools, EveryClassOfVdevHasItsPlace) {
  const PoolName pool;
  const auto data = disks(2), log = disks(2), special = disks(2), dedup = disks(2);
  const Disk cache, spare, log_alone;
  const Response made = create(pool, {{"data", json::Array{group("mirror", data)}},
                                      {"log", json::Array{group("mirror", log), log_alone.vdev()}},
                                      {"cache", json::Array{cache.vdev()}},
                                      {"spare", json::Array{spare.vdev()}},
                                      {"special", json::Array{group("mirror", special)}},
                                      {"dedup", json::Array{group("mirror", dedup)}}});
  EXPECT_EQ(made.status, 201);
  const Response status = status_of(pool);
  EXPECT_EQ(paths_below(status.at("/vdevs/data/0")), paths_of(data));
  EXPECT_EQ(paths_below(status.at("/vdevs/log/0")), paths_of(log));
  EXPECT_EQ(status.text("/vdevs/log/1/path"), log_alone.path());
  EXPECT_EQ(status.text("/vdevs/cache/0/path"), cache.path());
  EXPECT_EQ(status.text("/vdevs/spare/0/path"), spare.path());
  EXPECT_EQ(paths_below(status.at("/vdevs/special/0")), paths_of(special));
  EXPECT_EQ(paths_below(status.at("/vdevs/dedup/0")), paths_of(dedup));
  if (!has_oracle()) return;
  const std::string printed = oracle("zpool status -P " + pool.text());
  for (const char* section : {"logs", "cache", "spares", "special", "dedup"})
    EXPECT_NE(printed.find(section), std::string::npos) << printed;
  for (const std::string& path : {cache.path(), spare.path(), log_alone.path()})
    EXPECT_NE(printed.find(path), std::string::npos) << printed;
}

TEST(Pools, ALayoutThatCannotBeIsRefusedWhereItIsWrong) {
  const auto leaves = disks(4);
  const json::Value file = leaves[0].vdev();
  struct Row {
    json::Object layout;
    std::string pointer;
  };
  const std::vector<Row> table{
      {{}, "/vdevs/data"},
      {{{"data", json::Array{}}}, "/vdevs/data"},
      {{{"data", json::Array{json::Object{{"type", "tape"}, {"path", "/x"}}}}},
       "/vdevs/data/0/type"},
      {{{"data", json::Array{json::Object{{"path", "/x"}}}}}, "/vdevs/data/0/type"},
      {{{"data", json::Array{json::Object{{"type", "file"}}}}}, "/vdevs/data/0/path"},
      {{{"data", json::Array{json::Object{{"type", "file"}, {"path", "relative"}}}}},
       "/vdevs/data/0/path"},
      {{{"data", json::Array{json::Object{{"type", "file"}, {"path", "/a/../b"}}}}},
       "/vdevs/data/0/path"},
      {{{"data", json::Array{json::Object{{"type", "file"}, {"path", "/x"}, {"size", 1}}}}},
       "/vdevs/data/0/size"},
      {{{"data", json::Array{file, file}}}, "/vdevs/data/1/path"},
      {{{"data", json::Array{file}}, {"log", json::Array{file}}}, "/vdevs/log/0/path"},
      {{{"data", json::Array{json::Object{{"type", "mirror"}, {"children", json::Array{file}}}}}},
       "/vdevs/data/0/children"},
      {{{"data", json::Array{group("raidz", leaves, {{"parity", 4}})}}}, "/vdevs/data/0/parity"},
      {{{"data", json::Array{group("raidz", leaves, {{"parity", 0}})}}}, "/vdevs/data/0/parity"},
      {{{"data", json::Array{group("draid", leaves, {{"data", 4}})}}}, "/vdevs/data/0/children"},
      {{{"data", json::Array{group("draid", leaves, {{"data", 0}})}}}, "/vdevs/data/0/data"},
      {{{"data", json::Array{group("draid", leaves, {{"spares", 4}})}}}, "/vdevs/data/0/children"},
      {{{"data", json::Array{file}}, {"special", json::Array{group("draid", leaves)}}},
       "/vdevs/special/0/type"},
      {{{"data", json::Array{file}}, {"log", json::Array{group("raidz", leaves)}}},
       "/vdevs/log/0/type"},
      {{{"data", json::Array{file}}, {"cache", json::Array{group("mirror", leaves)}}},
       "/vdevs/cache/0/type"},
      {{{"data", json::Array{file}}, {"logs", json::Array{}}}, "/vdevs/logs"},
  };
  for (const Row& row : table) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, json::serialize(row.layout));
    const PoolName pool;
    const Response refused = create(pool, row.layout);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", row.pointer));
    EXPECT_FALSE(has_pool(pool.text()));
  }
}

// --- properties and features ---

// It is read once in an import, and how often that is nobody else says.
TEST(Pools, MountPointsFollowTheAlternateRootOfTheNewestImport) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const PoolName pool;
  const Disk disk;
  const Response made =
      create(pool, one_disk(disk),
             {{"properties", {{"altroot", "/mnt/one"}}},
              {"filesystem_properties", {{"mountpoint", "/place"}, {"canmount", "off"}}}});
  ASSERT_EQ(made.status, 201) << made;
  const auto point = [&] {
    return get(dataset_path(pool.text())).text("/properties/mountpoint/value");
  };
  EXPECT_EQ(point(), "/mnt/one/place");
  const std::string import = "zpool export " + pool.text() + " && zpool import -d " +
                             std::filesystem::path(disk.path()).parent_path().string() + " ";
  for (int round = 0; round < 2; ++round) {
    oracle(import + "-R /mnt/two " + pool.text());
    EXPECT_EQ(point(), "/mnt/two/place");
    oracle(import + "-o readonly=on -R /mnt/three " + pool.text());
    EXPECT_EQ(point(), "/mnt/three/place");
    oracle(import + pool.text());
    EXPECT_EQ(point(), "/place");
    EXPECT_EQ(point(), "/place");
  }
}

TEST(Pools, PropertiesOfPoolAndRootAreSetAtCreation) {
  const PoolName pool;
  const Disk disk;
  const Response made = create(
      pool, one_disk(disk),
      {{"properties",
        {{"ashift", 12}, {"comment", "for tests"}, {"autotrim", "on"}, {"altroot", "/mnt/guest"}}},
       {"filesystem_properties",
        {{"compression", "zstd"}, {"mountpoint", "none"}, {"com.example:k", "v"}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.number("/properties/ashift/value"), 12U);
  EXPECT_EQ(made.text("/properties/comment/value"), "for tests");
  EXPECT_EQ(made.text("/properties/autotrim/value"), "on");
  EXPECT_EQ(made.text("/properties/altroot/value"), "/mnt/guest");
  EXPECT_EQ(made.text("/properties/cachefile/value"), "none");
  const Response root = get(dataset_path(pool.text()));
  EXPECT_EQ(root.text("/properties/compression/value"), "zstd");
  EXPECT_EQ(root.text("/properties/compression/source/kind"), "local");
  EXPECT_EQ(root.text("/properties/com.example:k/value"), "v");
  if (has_oracle())
    EXPECT_EQ(oracle("zdb -l " + disk.path() + " | grep -o 'ashift: 12' | head -1"), "ashift: 12");
}

TEST(Pools, BadPropertiesAreRefusedWhereTheyAre) {
  const PoolName pool;
  const Disk disk;
  const Response refused =
      create(pool, one_disk(disk),
             {{"properties",
               {{"ashift", 40}, {"nosuch", 1}, {"size", 1}, {"comment", std::string(33, 'x')}}},
              {"filesystem_properties", {{"volsize", 1}, {"compression", "best"}, {"used", 1}}},
              {"features", json::Array{json::Value("lz4_compress"), json::Value("nosuch")}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  for (const char* pointer :
       {"/properties/ashift", "/properties/nosuch", "/properties/size", "/properties/comment",
        "/filesystem_properties/volsize", "/filesystem_properties/compression",
        "/filesystem_properties/used", "/features/1"})
    EXPECT_TRUE(blames(refused, "body", pointer));
  EXPECT_FALSE(has_pool(pool.text()));
}

TEST(Pools, TheRootIsNotEncryptedForWantOfAKey) {
  const Disk disk;
  const std::vector<json::Object> table{{{"encryption", "on"}, {"keyformat", "raw"}},
                                        {{"encryption", "aes-256-gcm"}},
                                        {{"keylocation", "prompt"}}};
  for (const json::Object& properties : table) {
    const PoolName pool;
    const Response refused = create(pool, one_disk(disk), {{"filesystem_properties", properties}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body",
                       "/filesystem_properties/" + std::string(properties.begin()->key())));
    EXPECT_FALSE(has_pool(pool.text()));
  }
}

TEST(Pools, APropertyThatNeedsAnAbsentFeatureLeavesNoPool) {
  const PoolName pool;
  const Disk disk;
  EXPECT_TRUE(is_refused(
      create(pool, one_disk(disk),
             {{"features", json::Array{}}, {"filesystem_properties", {{"compression", "zstd"}}}}),
      400, "bad_request"));
  EXPECT_FALSE(has_pool(pool.text()));
  EXPECT_EQ(create(pool, one_disk(disk)).status, 201);
}

std::size_t count_not_disabled(const Response& pool) {
  return static_cast<std::size_t>(std::ranges::count_if(
      pool.at("/features").as_object(),
      [](const auto& feature) { return feature.value() != json::Value("disabled"); }));
}

TEST(Pools, WithoutAListAllFeaturesAreEnabled) {
  for (const bool as_null : {false, true}) {
    const PoolName pool;
    const Disk disk;
    const Response made = create(pool, one_disk(disk),
                                 as_null ? json::Object{{"features", nullptr}} : json::Object{});
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(count_not_disabled(made), made.at("/features").as_object().size());
    if (!has_oracle()) continue;
    // Mounting the root file system makes some of them active.
    oracle("zpool sync " + pool.text());
    const Response later = get(pool_path(pool.text()));
    for (const auto& row :
         oracle_table("zpool get -Hp -o property,value all " + pool.text() + " | grep ^feature@"))
      EXPECT_EQ(later.text("/features/" + row[0].substr(8)), row[1]) << row[0];
  }
}

TEST(Pools, AListEnablesThoseFeaturesAlone) {
  const PoolName pool;
  const Disk disk;
  const Response made = create(
      pool, one_disk(disk),
      {{"features", json::Array{json::Value("async_destroy"), json::Value("lz4_compress")}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.text("/features/async_destroy"), "enabled");
  EXPECT_EQ(made.text("/features/lz4_compress"), "active");
  EXPECT_EQ(made.text("/features/encryption"), "disabled");
  EXPECT_EQ(count_not_disabled(made), 2U);
}

TEST(Pools, AnEmptyListEnablesNone) {
  const PoolName pool;
  const Disk disk;
  const Response made = create(pool, one_disk(disk), {{"features", json::Array{}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(count_not_disabled(made), 0U);
}

TEST(Pools, ALayoutNeedsItsFeatures) {
  const auto leaves = disks(4);
  const Disk disk;
  for (const json::Object& layout : {json::Object{{"data", json::Array{group("draid", leaves)}}},
                                     json::Object{{"data", json::Array{disk.vdev()}},
                                                  {"special", json::Array{leaves[0].vdev()}}},
                                     json::Object{{"data", json::Array{disk.vdev()}},
                                                  {"dedup", json::Array{leaves[0].vdev()}}}}) {
    const PoolName pool;
    const Response refused =
        create(pool, layout, {{"features", json::Array{json::Value("lz4_compress")}}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/features"));
    EXPECT_FALSE(has_pool(pool.text()));
  }
}

// --- names ---

TEST(Pools, ReservedAndMalformedNamesAreRefused) {
  const Disk disk;
  for (const char* name : {"mirror", "mirrors", "raidz1", "draid", "spare", "spare-1", "log",
                           "1pool", "", "a/b", "a@b", "a#b", "..", "-x", "über"}) {
    const Response refused = post("/v1/pools", {{"name", name}, {"vdevs", one_disk(disk)}});
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/name"));
  }
  const Response too_long =
      post("/v1/pools", {{"name", std::string(240, 'p')}, {"vdevs", one_disk(disk)}});
  EXPECT_TRUE(is_refused(too_long, 400, "bad_request"));
  EXPECT_TRUE(blames(too_long, "body", "/name"));
}

TEST(Pools, TheLongestNameIsAPool) {
  const Disk disk;
  const std::string name(239, 'p');
  EXPECT_EQ(post("/v1/pools", {{"name", name}, {"vdevs", one_disk(disk)}}).status, 201);
  EXPECT_TRUE(has_pool(name));
  EXPECT_EQ(del(pool_path(name)).status, 204);
}

TEST(Pools, ANameThatIsTakenIsRefused) {
  const PoolName pool;
  const Disk first, second;
  EXPECT_EQ(create(pool, one_disk(first)).status, 201);
  const Response refused = create(pool, one_disk(second));
  EXPECT_TRUE(is_refused(refused, 409, "exists"));
  EXPECT_EQ(refused.text("/subject"), pool.text());
  EXPECT_EQ(status_of(pool).text("/vdevs/data/0/path"), first.path());
}

// --- plans, destroy, sync ---

TEST(Pools, APlanOfACreationShowsItsTreeAndCreatesNothing) {
  const PoolName pool;
  const Disk disk;
  const Response plan = post("/v1/pools?plan=true", request(pool, one_disk(disk)));
  EXPECT_EQ(plan.status, 200);
  EXPECT_EQ(plan.texts("/would_create"), std::vector{pool.text()});
  EXPECT_EQ(plan.text("/resulting_tree/data/0/path"), disk.path());
  EXPECT_TRUE(plan.at("/blocked_by").as_array().empty());
  EXPECT_FALSE(has_pool(pool.text()));
}

TEST(Pools, APlanNamesWhatBlocksACreation) {
  const PoolName pool;
  const Disk first, second;
  EXPECT_EQ(create(pool, one_disk(first)).status, 201);
  const Response plan = post("/v1/pools?plan=true",
                             request(pool, {{"data", json::Array{first.vdev(), second.vdev()}}}));
  EXPECT_EQ(plan.status, 200);
  ASSERT_EQ(plan.at("/blocked_by").as_array().size(), 2U) << plan;
  EXPECT_EQ(plan.text("/blocked_by/0/subject"), first.path());
  EXPECT_EQ(plan.text("/blocked_by/0/code"), "device_in_use");
  EXPECT_EQ(plan.text("/blocked_by/1/code"), "exists");
}

TEST(Pools, DestroyingTakesAllAlong) {
  const PoolName pool;
  const Disk disk;
  EXPECT_EQ(create(pool, one_disk(disk)).status, 201);
  make_filesystem(pool.text() + "/a");
  make_snapshot(pool.text() + "/a@s");
  const Response plan = del(pool_path(pool.text()) + "?plan=true");
  EXPECT_EQ(plan.status, 200);
  EXPECT_EQ(plan.texts("/would_destroy"),
            (std::vector{pool.text(), pool.text() + "/a@s", pool.text() + "/a"}));
  EXPECT_TRUE(has_pool(pool.text()));
  EXPECT_EQ(del(pool_path(pool.text())).status, 204);
  EXPECT_FALSE(has_pool(pool.text()));
  EXPECT_TRUE(is_refused(del(pool_path(pool.text())), 404, "not_found"));
  EXPECT_TRUE(is_refused(get(dataset_path(pool.text() + "/a")), 404, "not_found"));
}

TEST(Pools, SyncWritesAllThatWaits) {
  const PoolName pool;
  const Disk disk;
  EXPECT_EQ(create(pool, one_disk(disk)).status, 201);
  EXPECT_EQ(post(pool_path(pool.text()) + "/sync").status, 204);
  EXPECT_EQ(post(pool_path(pool.text()) + "/sync", {{"force", true}}).status, 204);
  EXPECT_TRUE(is_refused(post(pool_path("nosuchpool") + "/sync"), 404, "not_found"));
}

TEST(Pools, TheListHasEveryPoolOnce) {
  const PoolName first, second;
  const Disk one, two;
  EXPECT_EQ(create(first, one_disk(one)).status, 201);
  EXPECT_EQ(create(second, one_disk(two)).status, 201);
  const auto names = names_in("/v1/pools");
  EXPECT_EQ(std::ranges::count(names, first.text()), 1);
  EXPECT_EQ(std::ranges::count(names, second.text()), 1);
  std::vector<std::string> walked;
  for (std::string target = "/v1/pools?limit=1"; !target.empty();) {
    const Response page = get(target);
    ASSERT_EQ(page.status, 200) << page;
    for (const std::string& name : names_of(page.at("/items"))) walked.push_back(name);
    target = page.at("/next_cursor").is_null()
                 ? ""
                 : "/v1/pools?limit=1&cursor=" + encode(page.text("/next_cursor"));
  }
  std::ranges::sort(walked);
  EXPECT_EQ(walked, names);
}

TEST(Pools, AnOfflineLeafDegradesItsPool) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const PoolName pool;
  const auto leaves = disks(2);
  EXPECT_EQ(create(pool, {{"data", json::Array{group("mirror", leaves)}}}).status, 201);
  oracle("zpool offline " + pool.text() + " " + leaves[1].path());
  const Response status = status_of(pool);
  EXPECT_EQ(status.text("/health"), "degraded");
  EXPECT_EQ(status.text("/vdevs/data/0/state"), "degraded");
  EXPECT_EQ(status.text("/vdevs/data/0/children/0/state"), "online");
  EXPECT_EQ(status.text("/vdevs/data/0/children/1/state"), "offline");
  EXPECT_EQ(get(pool_path(pool.text())).text("/health"), "degraded");
  EXPECT_EQ(get(pool_path(pool.text())).text("/properties/health/value"), "DEGRADED");
}

TEST(Pools, AScrubIsShownWithItsResult) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const PoolName pool;
  const Disk disk;
  EXPECT_EQ(create(pool, one_disk(disk)).status, 201);
  oracle("zpool scrub -w " + pool.text());
  const Response status = status_of(pool);
  EXPECT_EQ(status.text("/scan/function"), "scrub");
  EXPECT_EQ(status.text("/scan/state"), "finished");
  EXPECT_GE(status.text("/scan/ended"), status.text("/scan/started"));
  EXPECT_EQ(status.number("/scan/errors"), 0U);
}

TEST(Pools, ASpareInUseIsNoFault) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const auto four = disks(4);
  const PoolName pool;
  json::Object layout{
      {"data", json::Array{json::Object{
                   {"type", "mirror"}, {"children", json::Array{four[0].vdev(), four[1].vdev()}}}}},
      {"spare", json::Array{four[2].vdev(), four[3].vdev()}}};
  ASSERT_EQ(create(pool, std::move(layout)).status, 201);
  oracle("zpool replace -f " + pool.text() + " " + four[0].path() + " " + four[2].path());
  const Response status = get("/v1/pools/" + pool.text() + "/status");
  EXPECT_EQ(status.text("/vdevs/spare/0/state"), "in_use") << status;
  EXPECT_EQ(status.text("/vdevs/spare/1/state"), "available") << status;
}

TEST(Pools, AnOldVersionHasNoFeatures) {
  const Disk disk;
  const PoolName pool;
  const Response made = create(pool, one_disk(disk), {{"properties", {{"version", 28}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.number("/properties/version/value"), 28U) << made;
  const PoolName other;
  const Disk another;
  const Response refused =
      create(other, one_disk(another),
             {{"properties", {{"version", 28}}}, {"features", json::Array{"lz4_compress"}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/features"));
}

TEST(Pools, CompatibilityLimitsTheFeatures) {
  const Disk disk;
  const PoolName pool;
  const std::string file = disk.path() + ".features";
  std::ofstream(file) << "# two of them\nlz4_compress, async_destroy\n";
  const Response made = create(pool, one_disk(disk), {{"properties", {{"compatibility", file}}}});
  EXPECT_EQ(made.status, 201);
  EXPECT_NE(made.text("/features/lz4_compress"), "disabled") << made;
  EXPECT_EQ(made.text("/features/async_destroy"), "enabled");
  EXPECT_EQ(made.text("/features/bookmarks"), "disabled");
  const PoolName other;
  const Disk another;
  const Response refused =
      create(other, one_disk(another), {{"properties", {{"compatibility", "nonsense/file"}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties/compatibility"));
  EXPECT_FALSE(has_pool(other.text()));
}

TEST(Pools, WhatIsNotThereIsNotFound) {
  for (const char* suffix : {"", "/status"})
    EXPECT_TRUE(is_refused(get(pool_path("nosuchpool") + suffix), 404, "not_found"));
  EXPECT_TRUE(is_refused(del(pool_path("nosuchpool") + "?plan=true"), 404, "not_found"));
}

TEST(Pools, ErrorsAreClearedOfAllVdevsOrOfOne) {
  const Disk disk;
  const PoolName pool;
  ASSERT_EQ(post("/v1/pools", {{"name", pool.text()}, {"vdevs", {{"data", {disk.vdev()}}}}}).status,
            201);
  const std::string clear = pool_path(pool.text()) + "/clear";
  const Response all = post(clear);
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.text("/health"), "online");
  EXPECT_EQ(post(clear, {{"vdev", all.text("/vdevs/data/0/guid")}}).status, 200);
  EXPECT_TRUE(is_refused(post(clear, {{"vdev", "1"}}), 404, "not_found"));
  const Response mistyped = post(clear, {{"vdev", 1}});
  EXPECT_TRUE(is_refused(mistyped, 400, "bad_request"));
  EXPECT_TRUE(blames(mistyped, "body", "/vdev"));
  EXPECT_TRUE(is_refused(post(pool_path("nosuchpool") + "/clear"), 404, "not_found"));
}

}  // namespace
}  // namespace zfsrest::test
