// What boot loaders keep in the labels of a pool's devices.
#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class BootEnvironments : public OnPool {
 protected:
  static std::string path() { return pool_path(pool()) + "/bootenv"; }

  static json::Value raw(const std::string& text) {
    return {{"environment", {{"type", "raw"}, {"text", text}}}};
  }
  static json::Value pairs(json::Object values) {
    return {{"environment", {{"type", "pairs"}, {"pairs", std::move(values)}}}};
  }
  static json::Object pair(const char* type, json::Value value) {
    return {{"type", type}, {"value", std::move(value)}};
  }
};

TEST_F(BootEnvironments, ANewPoolHasAnEmptyText) {
  const Disk disk;
  const PoolName pool;
  const json::Object layout{{"data", json::Array{disk.vdev()}}};
  ASSERT_EQ(post("/v1/pools", {{"name", pool.text()}, {"vdevs", layout}}).status, 201);
  EXPECT_EQ(get(pool_path(pool.text()) + "/bootenv").json, raw(""));
}

TEST_F(BootEnvironments, ATextIsKept) {
  const json::Value text = raw("default=fishing\nsaved_entry=h\xc3\xa9\n");
  const Response set = put(path(), text);
  EXPECT_EQ(set.status, 200);
  EXPECT_EQ(set.json, text);
  EXPECT_EQ(get(path()).json, text);
  // Two of the four labels are at the beginning.
  const std::string disk = get(pool_path(pool()) + "/status").text("/vdevs/data/0/path");
  EXPECT_EQ(shell("head -c 512K " + disk + " | grep -a -c saved_entry="), "2");
}

TEST_F(BootEnvironments, PairsKeepTheirTypes) {
  const json::Value environment = pairs(
      {{"freebsd:bootonce", pair("string", "zfs:tank/ROOT/new:")},
       {"test:bytes", pair("string_base64", "_3_-")},
       {"test:count", pair("uint64", 18446744073709551615ULL)},
       {"test:offset", pair("int64", -7)},
       {"test:flag", pair("boolean_value", true)},
       {"freebsd:nvstore", pair("nvlist", json::Object{{"kernel", pair("string", "kernel.old")},
                                                       {"tries", pair("uint64", 3)}})}});
  const Response set = put(path(), environment);
  EXPECT_EQ(set.status, 200);
  EXPECT_EQ(set.json, environment);
  EXPECT_EQ(get(path()).json, environment);
}

TEST_F(BootEnvironments, OneReplacesTheOther) {
  EXPECT_EQ(put(path(), pairs({{"test:a", pair("string", "x")}})).status, 200);
  EXPECT_EQ(put(path(), pairs({{"test:b", pair("string", "y")}})).json,
            pairs({{"test:b", pair("string", "y")}}));
  EXPECT_EQ(put(path(), raw("z")).json, raw("z"));
  EXPECT_EQ(put(path(), pairs({})).json, pairs({}));
}

TEST_F(BootEnvironments, ATextThatIsNoUtf8IsKeptInBase64) {
  const json::Value bytes{{"environment", {{"type", "raw_base64"}, {"bytes", "_3_-"}}}};
  EXPECT_EQ(put(path(), bytes).json, bytes);
}

TEST_F(BootEnvironments, WhatDoesNotFitIsRefusedAndChangesNothing) {
  EXPECT_EQ(put(path(), raw("before")).status, 200);
  for (const json::Value& large :
       {raw(std::string(9000, 'x')),
        pairs({{"test:a", pair("string", json::Value(std::string(9000, 'x')))}})}) {
    const Response refused = put(path(), large);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_EQ(refused.text("/errno"), "E2BIG");
  }
  EXPECT_EQ(get(path()).json, raw("before"));
}

TEST_F(BootEnvironments, WhatTheKernelWouldNotKeepIsRefusedWhereItIs) {
  EXPECT_EQ(put(path(), raw("before")).status, 200);
  const std::string nul("a\0b", 3);
  struct Row {
    json::Value environment;
    std::string pointer;
  };
  const std::vector<Row> table{
      {raw(nul), "/environment/text"},
      {{{"environment", {{"type", "raw_base64"}, {"bytes", "AAA"}}}}, "/environment/bytes"},
      {{{"environment", {{"type", "raw_base64"}, {"bytes", "?"}}}}, "/environment/bytes"},
      {{{"environment", {{"type", "bootonce_base64"}, {"bytes", ""}}}}, "/environment/type"},
      {pairs({{"version", pair("uint64", 1)}}), "/environment/pairs/version"},
      {pairs({{"", pair("uint64", 1)}}), "/environment/pairs/"},
      {pairs({{"test:a", pair("string", json::Value(nul))}}), "/environment/pairs/test:a/value"},
      {pairs({{"test:a", pair("uint64", -1)}}), "/environment/pairs/test:a/value"},
      {pairs({{"test:a", pair("double", 1)}}), "/environment/pairs/test:a/type"},
      {pairs({{"test:a", pair("nvlist", json::Object{{"b", pair("nvlist", json::Object{})}})}}),
       "/environment/pairs/test:a/value/b/type"},
  };
  for (const Row& row : table) {
    const Response refused = put(path(), row.environment);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", row.pointer));
  }
  EXPECT_EQ(get(path()).json, raw("before"));
}

TEST_F(BootEnvironments, APoolThatIsReadOnlyShowsItAndKeepsIt) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Disk disk;
  const PoolName other;
  const json::Object layout{{"data", json::Array{disk.vdev()}}};
  ASSERT_EQ(post("/v1/pools", {{"name", other.text()}, {"vdevs", layout}}).status, 201);
  oracle("zpool export " + other.text() + " && zpool import -o readonly=on -d " + disk.path() +
         " " + other.text());
  const std::string target = pool_path(other.text()) + "/bootenv";
  EXPECT_EQ(get(target).json, raw(""));
  EXPECT_TRUE(is_refused(put(target, raw("new")), 409, "wrong_state"));
  EXPECT_EQ(get(target).json, raw(""));
}

}  // namespace
}  // namespace zfsrest::test
