// What differs from release to release: it works where it is, and elsewhere it is declined with the
// release that brings it.
#include <algorithm>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

// A property's value, and the release that brings it.
struct Newer {
  const char* property;
  const char* value;
  model::Release since;
};
const std::vector<Newer> newer_settings{
    {.property = "checksum", .value = "blake3", .since = model::release_2_2},
    {.property = "prefetch", .value = "metadata", .since = model::release_2_2},
    {.property = "direct", .value = "always", .since = model::release_2_3},
};

json::Object change(const Newer& newer) {
  return {{"properties", {{newer.property, newer.value}}}};
}

class Releases : public OnPool {};

TEST_F(Releases, WhatCameLaterIsDeclinedWithTheReleaseThatBringsIt) {
  for (const Newer& newer : newer_settings) {
    if (release() >= newer.since) continue;
    const std::string before = get(dataset_path(dataset())).body;
    const Response declined = patch(dataset_path(dataset()), change(newer));
    EXPECT_TRUE(is_refused(declined, 501, "not_in_this_release"));
    EXPECT_NE(declined.text("/detail").find("needs OpenZFS " + model::to_string(newer.since)),
              std::string::npos)
        << declined;
    EXPECT_FALSE(
        get(dataset_path(dataset())).has("/properties/" + std::string(newer.property) + "/value") &&
        get(dataset_path(dataset()))
                .text("/properties/" + std::string(newer.property) + "/value") == newer.value);
  }
}

TEST_F(Releases, WhatCameLaterWorksWhereItIs) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  for (const Newer& newer : newer_settings) {
    if (release() < newer.since) continue;
    EXPECT_EQ(patch(dataset_path(dataset()), change(newer)).status, 200) << newer.property;
    if (!find_lack({.tools = Tools::same_release}))
      EXPECT_EQ(oracle("zfs get -H -o value " + std::string(newer.property) + " " + dataset()),
                newer.value);
  }
}

TEST_F(Releases, APoolsOwnPropertiesNeed22) {
  const Disk disk;
  const PoolName other;
  const Response made = post("/v1/pools", {{"name", other.text()},
                                           {"vdevs", {{"data", {disk.vdev()}}}},
                                           {"properties", {{"com.example:owner", "ann"}}}});
  if (release() < model::release_2_2) {
    EXPECT_TRUE(is_refused(made, 501, "not_in_this_release"));
    EXPECT_FALSE(has_pool(other.text()));
  } else {
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.text("/properties/com.example:owner/value"), "ann");
  }
}

// The module says itself what it knows, and the tables that the daemon goes by must not differ.
std::vector<std::string> listed(const std::string& command) {
  std::vector<std::string> names;
  for (const auto& row : oracle_table("cd /sys/module/zfs && " + command))
    names.push_back(row.at(0));
  std::ranges::sort(names);
  return names;
}

TEST_F(Releases, TheFeaturesAreThoseOfTheModule) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Response shown = get(pool_path(pool()));
  std::vector<std::string> names;
  for (const auto& feature : shown.at("/features").as_object())
    names.emplace_back(json::view(feature.key()));
  std::ranges::sort(names);
  EXPECT_EQ(names, listed("cat features.pool/*/uname"));
}

TEST_F(Releases, ThePropertiesOfDatasetsAreThoseOfTheModule) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  make_volume(child("v"));
  make_snapshot(child("v@s"));
  make_snapshot(dataset() + "@s");
  std::vector<std::string> known;
  for (const std::string& path : {dataset_path(dataset()), dataset_path(child("v")),
                                  snapshot_path(child("v@s")), snapshot_path(dataset() + "@s")}) {
    const Response shown = get(path);
    for (const auto& property : shown.at("/properties").as_object())
      known.emplace_back(json::view(property.key()));
  }
  // Only what is redacted has it.
  known.emplace_back("redact_snaps");
  std::ranges::sort(known);
  for (const std::string& name :
       listed("cd properties.dataset && grep -lx 1 */visible | cut -d/ -f1"))
    EXPECT_TRUE(std::ranges::binary_search(known, name)) << name << " is never shown";
}

TEST_F(Releases, ThePropertiesOfVdevsAreThoseOfTheModule) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  const std::string guid = get(pool_path(pool()) + "/status").text("/vdevs/data/0/guid");
  const Response shown = get(pool_path(pool()) + "/vdevs/" + guid);
  // What a file that is a top-level vdev has not.
  std::vector<std::string> known{"autosit", "bootsize", "children",        "devid",  "encpath",
                                 "fru",     "physpath", "raidz_expanding", "sit_out"};
  for (const auto& property : shown.at("/properties").as_object())
    known.emplace_back(json::view(property.key()));
  std::ranges::sort(known);
  for (const std::string& name : listed("cd properties.vdev && grep -lx 1 */visible | cut -d/ -f1"))
    EXPECT_TRUE(std::ranges::binary_search(known, name)) << name << " is never shown";
}

}  // namespace
}  // namespace zfsrest::test
