// Vdevs and their properties, which came with OpenZFS 2.2.
#include <algorithm>

#include "api/fixture.hpp"

namespace zfsrest::test {
namespace {

// A pool of a mirror, with a log and a spare.
class Vdevs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    disks_ = std::make_unique<std::vector<Disk>>(disks(4));
    pool_ = std::make_unique<PoolName>();
    const json::Value mirror{{"type", "mirror"},
                             {"children", json::Array{disk(0).vdev(), disk(1).vdev()}}};
    const Response made = post("/v1/pools", {{"name", pool_->text()},
                                             {"vdevs",
                                              {{"data", json::Array{mirror}},
                                               {"log", json::Array{disk(2).vdev()}},
                                               {"spare", json::Array{disk(3).vdev()}}}}});
    ASSERT_EQ(made.status, 201) << made;
  }
  static void TearDownTestSuite() {
    pool_.reset();
    disks_.reset();
  }

  static const Disk& disk(std::size_t number) { return (*disks_)[number]; }
  static const std::string& pool() { return pool_->text(); }
  static std::string path(const std::string& guid) { return pool_path(pool()) + "/vdevs/" + guid; }
  static std::string guid_at(const std::string& pointer) {
    return get(pool_path(pool()) + "/status").text(pointer + "/guid");
  }
  static std::string mirror() { return path(guid_at("/vdevs/data/0")); }
  static std::string leaf() { return path(guid_at("/vdevs/data/0/children/0")); }
  static std::string log() { return path(guid_at("/vdevs/log/0")); }
  static std::string spare() { return path(guid_at("/vdevs/spare/0")); }
  static std::string root() { return path(guid_at("")); }

  static json::Value change(json::Object properties) {
    return {{"properties", std::move(properties)}};
  }

 private:
  static inline std::unique_ptr<std::vector<Disk>> disks_;
  static inline std::unique_ptr<PoolName> pool_;
};

TEST_F(Vdevs, Before22NoneHasProperties) {
  if (release() >= model::release_2_2)
    GTEST_SKIP() << "needs a release before 2.2; this is " << model::to_string(release());
  EXPECT_TRUE(is_refused(get(mirror()), 501, "not_in_this_release"));
  for (const char* property : {"comment", "com.example:owner"}) {
    const Response declined = patch(mirror(), change({{property, "x"}}));
    EXPECT_TRUE(is_refused(declined, 501, "not_in_this_release"));
    EXPECT_NE(declined.text("/detail").find("needs OpenZFS 2.2"), std::string::npos) << declined;
  }
}

TEST_F(Vdevs, WhatCannotBeSetIsRefusedWhereItIs) {
  const Response refused = patch(mirror(), change({{"nosuch", 1},
                                                   {"guid", "1"},
                                                   {"read_errors", 0},
                                                   {"allocating", "-"},
                                                   {"failfast", 1},
                                                   {"checksum_n", "many"},
                                                   {"path", "relative"},
                                                   {"comment", json::Value(std::string(9000, 'x'))},
                                                   {"a:b", 1}}));
  EXPECT_TRUE(is_refused(refused, 400, "bad_request"));
  for (const char* name : {"nosuch", "guid", "read_errors", "allocating", "failfast", "checksum_n",
                           "path", "comment", "a:b"})
    EXPECT_TRUE(blames(refused, "body", "/properties/" + std::string(name)));
  EXPECT_TRUE(is_refused(patch(mirror(), change({})), 400, "bad_request"));
}

TEST_F(Vdevs, TheirPropertiesAreShown) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  const Response top = get(mirror());
  EXPECT_EQ(top.status, 200);
  EXPECT_EQ(top.text("/pool"), pool());
  EXPECT_EQ(top.text("/guid"), top.text("/properties/guid/value"));
  EXPECT_EQ(top.text("/properties/state/value"), "ONLINE");
  EXPECT_EQ(top.text("/properties/state/source/kind"), "none");
  EXPECT_EQ(top.number("/properties/numchildren/value"), 2U);
  EXPECT_GT(top.number("/properties/size/value"), 0U);
  EXPECT_EQ(top.text("/properties/allocating/value"), "on");
  EXPECT_EQ(top.text("/properties/allocating/source/kind"), "default");
  EXPECT_TRUE(top.at("/properties/checksum_n/value").is_null());
  EXPECT_TRUE(top.at("/properties/comment/value").is_null());
  EXPECT_EQ(top.text("/properties/comment/source/kind"), "default");
  EXPECT_FALSE(top.has("/properties/path"));
  const Response below = get(leaf());
  EXPECT_EQ(below.text("/properties/path/value"), disk(0).path());
  EXPECT_FALSE(below.has("/properties/allocating")) << "only top-level vdevs have it";
  EXPECT_EQ(get(root()).text("/properties/children/value").substr(0, 6), "mirror");
}

TEST_F(Vdevs, TheyShowWhatTheStockToolShows) {
  if (const auto lack = find_lack({.release = model::release_2_2, .tools = Tools::same_release}))
    GTEST_SKIP() << *lack;
  const Response shown = get(leaf());
  for (const auto& row :
       oracle_table("zpool get -H -p -o property,value all " + pool() + " " + disk(0).path())) {
    const std::string place = "/properties/" + row.at(0) + "/value";
    // What the vdev has not, the tool shows as a dash; figures move from one look to the next.
    if (row.at(1) == "-" || row.at(0).ends_with("_ops") || row.at(0).ends_with("_bytes")) continue;
    // The tool shows a state as its number, and a size that the kernel says nothing of as 0.
    if (row.at(0) == "name" || row.at(0) == "state" || row.at(0) == "bootsize") continue;
    ASSERT_TRUE(shown.has(place)) << row.at(0);
    if (shown.at(place).is_string()) EXPECT_EQ(shown.text(place), row.at(1)) << row.at(0);
    if (shown.at(place).is_number())
      EXPECT_EQ(std::to_string(shown.number(place)), row.at(1).substr(0, row.at(1).find('%')))
          << row.at(0);
  }
}

TEST_F(Vdevs, PropertiesAreSetAndGoBack) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  for (const std::string& vdev : {mirror(), leaf(), root()}) {
    const Response set = patch(vdev, change({{"comment", "shelf 3"},
                                             {"com.example:owner", "ann"},
                                             {"failfast", "off"},
                                             {"checksum_n", 20},
                                             {"checksum_t", 600}}));
    EXPECT_EQ(set.status, 200);
    EXPECT_EQ(set.text("/properties/comment/value"), "shelf 3");
    EXPECT_EQ(set.text("/properties/comment/source/kind"), "local");
    EXPECT_EQ(set.text("/properties/com.example:owner/value"), "ann");
    EXPECT_EQ(set.text("/properties/com.example:owner/source/kind"), "local");
    EXPECT_EQ(set.text("/properties/failfast/value"), "off");
    EXPECT_EQ(set.number("/properties/checksum_n/value"), 20U);
    const Response back = patch(vdev, change({{"comment", nullptr},
                                              {"com.example:owner", ""},
                                              {"failfast", "on"},
                                              {"checksum_n", nullptr}}));
    EXPECT_EQ(back.status, 200);
    EXPECT_TRUE(back.at("/properties/comment/value").is_null());
    EXPECT_FALSE(back.has("/properties/com.example:owner"));
    EXPECT_EQ(back.text("/properties/failfast/value"), "on");
    EXPECT_TRUE(back.at("/properties/checksum_n/value").is_null());
    EXPECT_EQ(back.number("/properties/checksum_t/value"), 600U);
  }
}

TEST_F(Vdevs, OfSeveralTheProblemTellsWhichTheKernelRefused) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  // A mirror has no path, and it is the only vdev for data.
  const Response refused =
      patch(mirror(), change({{"comment", "kept"}, {"path", "/dev/null"}, {"allocating", "off"}}));
  EXPECT_GE(refused.status, 400);
  EXPECT_EQ(refused.texts("/applied"), std::vector<std::string>{"comment"});
  ASSERT_NE(refused.find_failure("path"), nullptr) << refused;
  EXPECT_EQ(refused.find_failure("path")->at("code"), json::Value("wrong_state"));
  ASSERT_NE(refused.find_failure("allocating"), nullptr) << refused;
  EXPECT_EQ(refused.find_failure("allocating")->at("errno"), json::Value("EINVAL"));
  const Response after = get(mirror());
  EXPECT_EQ(after.text("/properties/comment/value"), "kept");
  EXPECT_EQ(after.text("/properties/allocating/value"), "on");
}

TEST_F(Vdevs, ALogGoesOnTakingNewData) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  const Response refused = patch(log(), change({{"comment", "x"}, {"allocating", "off"}}));
  EXPECT_TRUE(is_refused(refused, 409, "wrong_state"));
  EXPECT_TRUE(blames(refused, "body", "/properties/allocating"));
  EXPECT_TRUE(get(log()).at("/properties/comment/value").is_null()) << "nothing was changed";
}

TEST_F(Vdevs, ASpareKeepsNoProperties) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  EXPECT_TRUE(is_refused(get(spare()), 409, "wrong_state"));
  EXPECT_TRUE(is_refused(patch(spare(), change({{"comment", "x"}})), 409, "wrong_state"));
}

TEST_F(Vdevs, OneThatIsNotThereIsNotFound) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  EXPECT_TRUE(is_refused(get(path("1234567")), 404, "not_found"));
  EXPECT_TRUE(is_refused(patch(path("1234567"), change({{"comment", "x"}})), 404, "not_found"));
}

TEST_F(Vdevs, WhatCameWith24IsDeclinedBefore) {
  if (const auto lack = find_lack({.release = model::release_2_2})) GTEST_SKIP() << *lack;
  const Response answer = patch(mirror(), change({{"slow_io_events", "off"}}));
  if (release() < model::release_2_4)
    EXPECT_TRUE(is_refused(answer, 501, "not_in_this_release"));
  else
    EXPECT_EQ(answer.text("/properties/slow_io_events/value"), "off");
}

}  // namespace
}  // namespace zfsrest::test
