// Devices that hold something, or cannot be used: no pool is made of them unless the caller says
// so.
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

json::Object layout(const std::vector<std::string>& paths) {
  json::Array data;
  for (const std::string& path : paths)
    data.push_back(json::Object{{"type", "file"}, {"path", path}});
  return {{"data", std::move(data)}};
}

Response create(const PoolName& pool, const std::vector<std::string>& paths,
                const std::vector<std::string>& overwrite = {}) {
  return post("/v1/pools", {{"name", pool.text()},
                            {"vdevs", layout(paths)},
                            {"overwrite", json::Array(overwrite.begin(), overwrite.end())}});
}

// A refusal of a device: it names path, place and finding, and there is no pool afterwards.
void expect_in_use(const Response& refused, const std::string& path, const std::string& finding,
                   const PoolName& pool) {
  EXPECT_TRUE(is_refused(refused, 409, "device_in_use"));
  EXPECT_TRUE(blames(refused, "body", "/vdevs/data/0/path"));
  const json::Value* failure = refused.find_failure(path);
  ASSERT_NE(failure, nullptr) << refused;
  EXPECT_NE(json::view(failure->at("detail").as_string()).find(finding), std::string_view::npos)
      << refused;
  EXPECT_FALSE(has_pool(pool.text()));
}

// Whatever a file holds is refused, and taken when the caller names it.
void expect_taken_only_on_request(const Disk& disk, const std::string& finding) {
  const PoolName pool;
  expect_in_use(create(pool, {disk.path()}), disk.path(), finding, pool);
  const Response plan =
      post("/v1/pools?plan=true", {{"name", pool.text()}, {"vdevs", layout({disk.path()})}});
  EXPECT_EQ(plan.text("/blocked_by/0/subject"), disk.path());
  EXPECT_EQ(create(pool, {disk.path()}, {disk.path()}).status, 201);
  EXPECT_TRUE(has_pool(pool.text()));
}

TEST(Devices, AnExt4FileSystemIsNotOverwritten) {
  const Disk disk;
  shell("PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q -L precious " + disk.path());
  expect_taken_only_on_request(disk, "an ext4 file system labelled \"precious\"");
}

TEST(Devices, AFileThatOthersCanReplaceIsTakenOnlyOnRequest) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give a directory away";
  const Disk disk;
  const std::string directory = disk.path() + ".given";
  shell("mkdir " + directory + " && chown nobody " + directory);
  const std::string path = directory + "/disk";
  shell("mv " + disk.path() + " " + path);
  const PoolName pool;
  expect_in_use(create(pool, {path}), path, "can be replaced by others", pool);
  EXPECT_EQ(create(pool, {path}, {path}).status, 201);
}

TEST(Devices, ALinkToAFileIsFollowedOnce) {
  const Disk disk;
  const std::string link = disk.path() + ".link";
  shell("ln -s " + disk.path() + " " + link);
  const PoolName pool;
  EXPECT_EQ(create(pool, {link}).status, 201);
  EXPECT_EQ(get("/v1/pools/" + pool.text() + "/status").text("/vdevs/data/0/path"), disk.path());
}

TEST(Devices, AnXfsFileSystemIsNotOverwritten) {
  if (shell("PATH=$PATH:/usr/sbin:/sbin; command -v mkfs.xfs || true").empty())
    GTEST_SKIP() << "mkfs.xfs is not installed";
  const Disk disk(512ULL * 1024 * 1024);
  shell("PATH=$PATH:/usr/sbin:/sbin mkfs.xfs -q " + disk.path());
  expect_taken_only_on_request(disk, "an xfs file system");
}

TEST(Devices, APartitionTableIsNotOverwritten) {
  for (const char* kind : {"gpt", "dos"}) {
    const Disk disk;
    shell("PATH=$PATH:/usr/sbin:/sbin; printf 'label: " + std::string(kind) +
          "\\n,32M\\n' | sfdisk -q " + disk.path());
    expect_taken_only_on_request(disk, "a partition table (" + std::string(kind) + ")");
  }
}

TEST(Devices, SwapIsNotOverwritten) {
  const Disk disk;
  shell("PATH=$PATH:/usr/sbin:/sbin mkswap -q " + disk.path());
  expect_taken_only_on_request(disk, "swap");
}

TEST(Devices, AnExportedPoolIsNotOverwritten) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Disk disk;
  const PoolName exported;
  EXPECT_EQ(create(exported, {disk.path()}).status, 201);
  oracle("zpool export " + exported.text());
  expect_taken_only_on_request(disk, "pool \"" + exported.text() + "\" (exported)");
}

TEST(Devices, AnImportedPoolKeepsItsDevices) {
  const Disk disk;
  const PoolName first, second;
  EXPECT_EQ(create(first, {disk.path()}).status, 201);
  expect_in_use(create(second, {disk.path()}), disk.path(), "pool \"" + first.text() + "\"",
                second);
  const std::string guid = get(pool_path(first.text())).text("/guid");
  const Response forced = create(second, {disk.path()}, {disk.path()});
  EXPECT_TRUE(is_refused(forced, 409, "device_in_use"));
  EXPECT_FALSE(has_pool(second.text()));
  EXPECT_EQ(post(pool_path(first.text()) + "/sync", {{"force", true}}).status, 204);
  EXPECT_EQ(get(pool_path(first.text())).text("/guid"), guid);
  EXPECT_EQ(get(pool_path(first.text()) + "/status").text("/vdevs/data/0/state"), "online");
}

TEST(Devices, AnImportedPoolKeepsItsCachesAndSpares) {
  const Disk disk, cache, spare;
  const PoolName first, second;
  json::Object all = layout({disk.path()});
  all["cache"] = json::Array{cache.vdev()};
  all["spare"] = json::Array{spare.vdev()};
  EXPECT_EQ(post("/v1/pools", {{"name", first.text()}, {"vdevs", all}}).status, 201);
  expect_in_use(create(second, {cache.path()}), cache.path(), "cache device", second);
  expect_in_use(create(second, {spare.path()}), spare.path(), "hot spare", second);
}

TEST(Devices, ADestroyedPoolsDevicesAreFree) {
  const Disk disk;
  const PoolName first, second;
  EXPECT_EQ(create(first, {disk.path()}).status, 201);
  EXPECT_EQ(del(pool_path(first.text())).status, 204);
  EXPECT_EQ(create(second, {disk.path()}).status, 201);
}

TEST(Devices, WhatCannotBeAVdevIsRefusedWhateverTheCallerSays) {
  const Disk small(8ULL * 1024 * 1024);
  const std::string directory = variable("ZFSREST_TEST_DIR");
  struct Row {
    std::string path, reason;
  };
  const std::vector<Row> table{{directory + "/nosuchfile", "does not exist"},
                               {small.path() + "/below-a-file", "does not exist"},
                               {small.path(), "8388608 bytes"},
                               {directory, "is a directory"},
                               {"/dev/null", "is a character device"}};
  for (const Row& row : table) {
    const PoolName pool;
    for (const auto& overwrite : {std::vector<std::string>{}, {row.path}}) {
      const Response refused = create(pool, {row.path}, overwrite);
      EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
      EXPECT_TRUE(blames(refused, "body", "/vdevs/data/0/path"));
      const json::Value* failure = refused.find_failure(row.path);
      ASSERT_NE(failure, nullptr) << refused;
      EXPECT_NE(json::view(failure->at("detail").as_string()).find(row.reason),
                std::string_view::npos)
          << refused;
      EXPECT_FALSE(has_pool(pool.text()));
    }
  }
}

TEST(Devices, AFileIsNoDisk) {
  const PoolName pool;
  const Disk disk;
  const Response refused = post(
      "/v1/pools",
      {{"name", pool.text()},
       {"vdevs", {{"data", json::Array{json::Object{{"type", "disk"}, {"path", disk.path()}}}}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/vdevs/data/0/path"));
  EXPECT_FALSE(has_pool(pool.text()));
}

TEST(Devices, EveryBadDeviceIsNamedAtOnce) {
  const PoolName pool;
  const Disk good, formatted;
  shell("PATH=$PATH:/usr/sbin:/sbin mkfs.ext4 -q " + formatted.path());
  const std::string missing = variable("ZFSREST_TEST_DIR") + "/nosuchfile";
  const Response refused = create(pool, {good.path(), formatted.path(), missing});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/vdevs/data/1/path"));
  EXPECT_TRUE(blames(refused, "body", "/vdevs/data/2/path"));
  EXPECT_EQ(refused.at("/errors").as_array().size(), 2U);
  EXPECT_EQ(create(pool, {good.path()}).status, 201)
      << "nothing may have been written to the good one";
}

TEST(Devices, OneFileUnderTwoNamesIsRefused) {
  const PoolName pool;
  const Disk disk;
  const std::string other = disk.path() + "-link";
  shell("ln " + disk.path() + " " + other);
  const Response refused = create(pool, {disk.path(), other});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/vdevs/data/1/path"));
  EXPECT_NE(refused.find_failure(other), nullptr) << refused;
  EXPECT_FALSE(has_pool(pool.text()));
  shell("rm " + other);
}

TEST(Devices, OverwriteNamesOnlyDevicesOfTheLayout) {
  const PoolName pool;
  const Disk disk;
  const Response refused = create(pool, {disk.path()}, {disk.path(), "/dev/sda"});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/overwrite/1"));
  EXPECT_FALSE(has_pool(pool.text()));
}

}  // namespace
}  // namespace zfsrest::test
