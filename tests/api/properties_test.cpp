// Properties: every one as the stock tools show it, and what setting and inheriting do.
#include <fmt/format.h>

#include <charconv>
#include <ctime>
#include <map>
#include <set>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

class Properties : public OnPool {
 protected:
  Response set(const std::string& name, json::Value value) const {
    return patch(dataset_path(dataset()), {{"properties", {{name, std::move(value)}}}});
  }
  Response show() const { return get(dataset_path(dataset())); }
  std::string property_path(const std::string& name) const {
    return dataset_path(dataset()) + "/properties/" + encode(name);
  }
};

// --- comparison with the stock tools ---

// A property as `zfs get -Hp` and `zpool get -Hp` print it.
struct Shown {
  std::string value, source;
  friend bool operator==(const Shown&, const Shown&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Shown& shown) {
    return out << shown.value << " (" << shown.source << ")";
  }
};
using ShownProperties = std::map<std::string, Shown>;

std::string seconds_of(const std::string& time) {
  std::tm parts{};
  EXPECT_NE(::strptime(time.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts), nullptr) << time;
  return std::to_string(::timegm(&parts));
}

// What the tools print for what is null in the API.
std::string absent(const std::string& name) {
  static const std::set<std::string> zero{"quota", "refquota", "reservation", "refreservation"};
  static const std::set<std::string> largest{"filesystem_limit", "snapshot_limit",
                                             "filesystem_count", "snapshot_count"};
  static const std::set<std::string> word{"mlslabel", "keylocation"};
  if (zero.contains(name) || (name.starts_with("default") && name.ends_with("quota"))) return "0";
  if (largest.contains(name)) return "18446744073709551615";
  return word.contains(name) ? "none" : "-";
}

std::string text_of(const std::string& name, const json::Value& value) {
  if (value.is_null()) return absent(name);
  if (name.ends_with("ratio")) return fmt::format("{:.2f}", value.to_number<double>());
  if (!value.is_string()) return json::serialize(value);
  const std::string text(json::view(value.get_string()));
  return name == "creation" || name == "snapshots_changed" ? seconds_of(text) : text;
}

std::string text_of(const json::Object& source) {
  const std::string kind(json::view(source.at("kind").as_string()));
  if (kind == "none") return "-";
  return kind == "inherited"
             ? "inherited from " + std::string(json::view(source.at("dataset").as_string()))
             : kind;
}

ShownProperties ours(const std::string& target) {
  ShownProperties properties;
  const Response shown = get(target);
  for (const auto& [key, property] : shown.at("/properties").as_object()) {
    const std::string name(key);
    properties[name] = {text_of(name, property.at("value")),
                        text_of(property.at("source").as_object())};
  }
  return properties;
}

ShownProperties theirs(const std::string& command) {
  ShownProperties properties;
  for (const auto& row : oracle_table(command))
    if (row.size() == 3) properties[row[0]] = {row[1], row[2]};
  // Newer tools have a word for the largest number.
  for (const char* name :
       {"filesystem_limit", "snapshot_limit", "filesystem_count", "snapshot_count"})
    if (const auto found = properties.find(name);
        found != properties.end() && found->second.value == "none")
      found->second.value = absent(name);
  return properties;
}

// Names that only one side has, or of which only the values compare.
struct Differences {
  std::set<std::string> apart;
  std::set<std::string> sources;
};

void expect_equal(const ShownProperties& ours, const ShownProperties& theirs,
                  const Differences& known) {
  for (const auto& [name, shown] : theirs) {
    if (known.apart.contains(name)) continue;
    const auto found = ours.find(name);
    if (found == ours.end()) {
      ADD_FAILURE() << name << " is missing; the tools say " << shown;
      continue;
    }
    EXPECT_EQ(found->second.value, shown.value) << name;
    if (!known.sources.contains(name)) EXPECT_EQ(found->second.source, shown.source) << name;
  }
  // The tools leave out what is absent.
  for (const auto& [name, shown] : ours)
    if (!theirs.contains(name) && !known.apart.contains(name))
      EXPECT_EQ(shown.value, "-") << name << " is unknown to the tools";
}

void expect_equal_to_zfs_get(const std::string& name, const std::string& target) {
  const testing::ScopedTrace trace(__FILE__, __LINE__, name);
  oracle("zpool sync " + name.substr(0, name.find('/')));
  // The tools leave the state of a key out where there is none, and guess that counters were set,
  // which they cannot be.
  const Differences known{.apart = {"keystatus"},
                          .sources = {"filesystem_count", "snapshot_count"}};
  expect_equal(ours(target), theirs("zfs get -Hp -o property,value,source all " + name), known);
}

TEST_F(Properties, AFileSystemsAreThoseOfTheStockTools) {
  if (const auto lack = find_lack({.tools = Tools::same_release})) GTEST_SKIP() << *lack;
  EXPECT_EQ(patch(dataset_path(dataset()), {{"properties",
                                             {{"compression", "zstd-3"},
                                              {"quota", 100 * mebibyte},
                                              {"filesystem_limit", 7},
                                              {"mountpoint", "/somewhere"},
                                              {"com.example:note", "one two"}}}})
                .status,
            200);
  make_filesystem(
      child("a"),
      {{"recordsize", 4096}, {"copies", 2}, {"casesensitivity", "mixed"}, {"setuid", "off"}});
  make_snapshot(child("a@s"));
  for (const std::string& name : {pool(), dataset(), child("a")})
    expect_equal_to_zfs_get(name, dataset_path(name));
}

TEST_F(Properties, AVolumesAreThoseOfTheStockTools) {
  if (const auto lack = find_lack({.tools = Tools::same_release})) GTEST_SKIP() << *lack;
  make_volume(child("vol"));
  EXPECT_EQ(patch(dataset_path(child("vol")),
                  {{"properties", {{"refreservation", 2 * mebibyte}, {"snapdev", "visible"}}}})
                .status,
            200);
  expect_equal_to_zfs_get(child("vol"), dataset_path(child("vol")));
}

TEST_F(Properties, ASnapshotsAreThoseOfTheStockTools) {
  if (const auto lack = find_lack({.tools = Tools::same_release})) GTEST_SKIP() << *lack;
  make_volume(child("vol"));
  EXPECT_EQ(
      post("/v1/snapshots",
           {{"snapshots", json::Array{json::Value(dataset() + "@s"), json::Value(child("vol@s"))}},
            {"properties", {{"com.example:k", "v"}}}})
          .status,
      201);
  make_clone(dataset() + "@s", child("clone"));
  for (const std::string& name : {dataset() + "@s", child("vol@s")})
    expect_equal_to_zfs_get(name, snapshot_path(name));
  expect_equal_to_zfs_get(child("clone"), dataset_path(child("clone")));
}

TEST_F(Properties, APoolsAreThoseOfTheStockTools) {
  if (const auto lack = find_lack({.tools = Tools::same_release})) GTEST_SKIP() << *lack;
  oracle("zpool sync " + pool());
  ShownProperties mine = ours(pool_path(pool()));
  const Response shown = get(pool_path(pool()));
  for (const auto& [feature, state] : shown.at("/features").as_object())
    mine["feature@" + std::string(feature)] = {std::string(json::view(state.as_string())), "local"};
  // The tools show no version where features have taken its place.
  expect_equal(mine, theirs("zpool get -Hp -o property,value,source all " + pool()),
               {.apart = {"version"}, .sources = {}});
}

TEST_F(Properties, AReceivedValueSaysSo) {
  if (const auto lack = find_lack({.tools = Tools::same_release})) GTEST_SKIP() << *lack;
  make_filesystem(child("a"), {{"compression", "gzip"}, {"com.example:k", "sent"}});
  make_snapshot(child("a@s"));
  oracle("zfs send -p " + child("a@s") + " | zfs receive -o atime=off " + child("b"));
  const Response shown = get(dataset_path(child("b")));
  EXPECT_EQ(shown.text("/properties/compression/source/kind"), "received");
  EXPECT_EQ(shown.text("/properties/compression/value"), "gzip");
  EXPECT_EQ(shown.text("/properties/com.example:k/source/kind"), "received");
  EXPECT_EQ(shown.text("/properties/atime/source/kind"), "local");
  expect_equal_to_zfs_get(child("b"), dataset_path(child("b")));

  const std::string compression = dataset_path(child("b")) + "/properties/compression";
  EXPECT_EQ(patch(dataset_path(child("b")), {{"properties", {{"compression", "off"}}}})
                .text("/properties/compression/source/kind"),
            "local");
  EXPECT_EQ(del(compression + "?received=true").status, 204);
  EXPECT_EQ(get(dataset_path(child("b"))).text("/properties/compression/value"), "gzip");
  EXPECT_EQ(del(compression).status, 204);
  EXPECT_EQ(get(dataset_path(child("b"))).text("/properties/compression/source/kind"), "default");
}

// --- set ---

TEST_F(Properties, WhatIsSetIsLocalAndBelowItInherited) {
  make_filesystem(child("a"));
  const Response done = set("atime", "off");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.text("/properties/atime/value"), "off");
  EXPECT_EQ(done.text("/properties/atime/source/kind"), "local");
  EXPECT_FALSE(done.has("/properties/atime/source/dataset"));
  const Response below = get(dataset_path(child("a")));
  EXPECT_EQ(below.text("/properties/atime/source/kind"), "inherited");
  EXPECT_EQ(below.text("/properties/atime/source/dataset"), dataset());
}

TEST_F(Properties, NullTakesAQuotaAway) {
  EXPECT_EQ(set("quota", 8 * mebibyte).number("/properties/quota/value"), 8 * mebibyte);
  const Response done = set("quota", nullptr);
  EXPECT_EQ(done.status, 200);
  EXPECT_TRUE(done.at("/properties/quota/value").is_null());
}

TEST_F(Properties, WhatCannotBeSetIsRefusedByName) {
  const json::Value too_long_name(std::string(256, 'a') + ":b");
  const json::Value too_long_value(std::string(9000, 'x'));
  const json::Array table{
      {"nosuch", "x"},
      {"used", 1},
      {"creation", "2026-01-01T00:00:00Z"},
      {"casesensitivity", "mixed"},
      {"volblocksize", 4096},
      {"atime", 1},
      {"atime", "maybe"},
      {"atime", nullptr},
      {"atime", true},
      {"quota", "1G"},
      {"quota", -1},
      {"quota", 1.5},
      {"quota", 0},
      {"recordsize", 1000},
      {"recordsize", 256},
      {"recordsize", 32 * mebibyte},
      {"copies", 4},
      {"com.example:k", 1},
      {"com.example:k", too_long_value},
      {"com.Example:K", "v"},
      {"compression", "zstd-20"},
      {"mountpoint", "relative"},
      {"volsize", mebibyte},
      {"type", "volume"},
      {"", "x"},
      {too_long_name, "v"},
      {"quota", json::Array{}},
      {"quota", json::Object{}},
      {"guid", "1"},
      {"name", "x"},
  };
  const json::Value before = show().at("/properties");
  for (const json::Value& row : table) {
    const std::string name(json::view(row.at(0).as_string()));
    const json::Value& value = row.at(1);
    const testing::ScopedTrace trace(__FILE__, __LINE__,
                                     name + " = " + json::serialize(value).substr(0, 80));
    const Response refused = set(name, value);
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "body", "/properties/" + name));
  }
  EXPECT_EQ(show().at("/properties"), before);
}

TEST_F(Properties, ARefusalIsAboutTheKindOfDatasetThatHasTheProperty) {
  EXPECT_NE(set("casesensitivity", "mixed").text("/errors/0/detail").find("at creation"),
            std::string::npos);
  EXPECT_NE(set("volblocksize", 4096).text("/errors/0/detail").find("at creation"),
            std::string::npos);
}

TEST_F(Properties, AllBadSettingsAreNamedAtOnceAndNoneIsMade) {
  const Response refused =
      patch(dataset_path(dataset()),
            {{"properties", {{"atime", "off"}, {"nosuch", 1}, {"copies", 9}, {"used", 1}}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  for (const char* name : {"nosuch", "copies", "used"})
    EXPECT_TRUE(blames(refused, "body", "/properties/" + std::string(name)));
  EXPECT_EQ(refused.at("/errors").as_array().size(), 3U);
  EXPECT_EQ(show().text("/properties/atime/source/kind"), "default");
}

TEST_F(Properties, WhatTheKernelRefusesIsNamedAndTheRestIsApplied) {
  make_volume(child("vol"));
  // Larger than the pool: only the kernel knows.
  const Response refused = patch(
      dataset_path(dataset()),
      {{"properties", {{"atime", "off"}, {"reservation", 1ULL << 50}, {"com.example:k", "v"}}}});
  EXPECT_TRUE(is_refused(refused, 507, "no_space"));
  EXPECT_EQ(refused.texts("/applied"), (std::vector<std::string>{"atime", "com.example:k"}));
  const json::Value* failure = refused.find_failure("reservation");
  ASSERT_NE(failure, nullptr) << refused;
  EXPECT_EQ(failure->at("errno"), json::Value("ENOSPC"));
  EXPECT_EQ(show().text("/properties/atime/value"), "off");
  EXPECT_TRUE(show().at("/properties/reservation/value").is_null());
}

TEST_F(Properties, AQuotaBelowWhatIsUsedIsRefused) {
  make_filesystem(child("a"));
  const Response refused = set("quota", 1024);
  EXPECT_EQ(refused.status, 507) << refused;
  EXPECT_NE(refused.find_failure("quota"), nullptr) << refused;
}

TEST_F(Properties, AnEmptyChangeIsRefused) {
  const Response refused = patch(dataset_path(dataset()), {{"properties", json::Object{}}});
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_TRUE(blames(refused, "body", "/properties"));
}

TEST_F(Properties, SettingOnWhatIsNotThereIsNotFound) {
  EXPECT_TRUE(is_refused(patch(dataset_path(child("nosuch")), {{"properties", {{"atime", "off"}}}}),
                         404, "not_found"));
  EXPECT_TRUE(
      is_refused(del(dataset_path(child("nosuch")) + "/properties/atime"), 404, "not_found"));
}

TEST_F(Properties, AVolumeGrowsAndShrinks) {
  make_volume(child("vol"), 8 * mebibyte);
  const auto resize = [&](std::uint64_t bytes) {
    return patch(dataset_path(child("vol")), {{"properties", {{"volsize", bytes}}}});
  };
  EXPECT_EQ(resize(16 * mebibyte).number("/properties/volsize/value"), 16 * mebibyte);
  const Response lossy = resize(4 * mebibyte);
  EXPECT_TRUE(is_refused(lossy, 409, "wrong_state"));
  EXPECT_TRUE(blames(lossy, "body", "/properties/volsize"));
  EXPECT_NE(lossy.text("/detail").find("allow_shrink"), std::string::npos) << lossy;
  EXPECT_EQ(get(dataset_path(child("vol"))).number("/properties/volsize/value"), 16 * mebibyte);
  const Response shrunk =
      patch(dataset_path(child("vol")),
            {{"properties", {{"volsize", 4 * mebibyte}}}, {"allow_shrink", true}});
  EXPECT_EQ(shrunk.number("/properties/volsize/value"), 4 * mebibyte);
  const Response refused = resize(4 * mebibyte + 512);
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  EXPECT_NE(refused.body.find("volsize"), std::string::npos) << refused;
  EXPECT_EQ(get(dataset_path(child("vol"))).number("/properties/volsize/value"), 4 * mebibyte);
}

TEST_F(Properties, UserPropertiesAreTextsOfAnyKind) {
  for (const std::string value : {"", "with blanks", "ünïcödé", "\"quoted\"\n", "100%"})
    EXPECT_EQ(set("com.example:k", json::Value(value)).text("/properties/com.example:k/value"),
              value);
}

// --- inherit ---

TEST_F(Properties, InheritingTakesTheOwnValueAway) {
  make_filesystem(child("a"));
  EXPECT_EQ(set("atime", "off").status, 200);
  EXPECT_EQ(
      patch(dataset_path(child("a")), {{"properties", {{"atime", "on"}, {"com.example:k", "v"}}}})
          .status,
      200);
  EXPECT_EQ(del(dataset_path(child("a")) + "/properties/atime").status, 204);
  EXPECT_EQ(get(dataset_path(child("a"))).text("/properties/atime/value"), "off");
  EXPECT_EQ(del(dataset_path(child("a")) + "/properties/com.example:k").status, 204);
  EXPECT_FALSE(get(dataset_path(child("a"))).has("/properties/com.example:k"));
  EXPECT_EQ(del(property_path("atime")).status, 204);
  EXPECT_EQ(show().text("/properties/atime/source/kind"), "default");
  EXPECT_EQ(del(property_path("atime")).status, 204);
}

TEST_F(Properties, WhatIsNeverInheritedIsRefused) {
  for (const char* name :
       {"nosuch", "used", "quota", "volsize", "casesensitivity", "com.Example:K"}) {
    const Response refused = del(property_path(name));
    EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
    EXPECT_TRUE(blames(refused, "path", "/property"));
  }
}

TEST_F(Properties, ASnapshotHasNoPathToSetThrough) {
  make_snapshot(dataset() + "@s");
  EXPECT_TRUE(
      is_refused(patch(snapshot_path(dataset() + "@s"), {{"properties", {{"com.example:k", "v"}}}}),
                 405, "method_not_allowed"));
  EXPECT_TRUE(
      is_refused(patch(dataset_path(dataset() + "@s"), {{"properties", {{"com.example:k", "v"}}}}),
                 400, "bad_request"));
}

}  // namespace
}  // namespace zfsrest::test
