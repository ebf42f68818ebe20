#include <gtest/gtest.h>

#include "gateway/accept.hpp"
#include "gateway/router.hpp"
#include "gateway/target.hpp"

namespace zfsrest::gateway {
namespace {

std::string route(const std::string& target) {
  auto parsed = parse_target(target);
  if (!parsed.ok()) return "refused";
  std::string ids;
  for (const Match& match : find_operations(parsed.value().segments))
    ids += (ids.empty() ? "" : " ") + std::string(match.operation->id);
  return ids;
}

TEST(Target, DecodesEachSegmentOnce) {
  auto target = parse_target("/v1/datasets/tank%2Fhome%252F");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target.value().segments, (std::vector<std::string>{"v1", "datasets", "tank/home%2F"}));
}

TEST(Target, NormalisesNothing) {
  for (const char* target : {"/v1/../pools", "/v1/./pools", "/v1//pools", "/v1/pools/", "/",
                             "/v1/%2e%2e/pools", "/v1/%2E"})
    EXPECT_FALSE(parse_target(target).ok()) << target;
}

TEST(Target, RefusesBrokenEncodings) {
  for (const char* target :
       {"/v1/%", "/v1/%2", "/v1/%zz", "/v1/%ff", "/v1/%c0%af", "/v1/%ed%a0%80", "/v1/pools?a=%f"})
    EXPECT_FALSE(parse_target(target).ok()) << target;
}

TEST(Target, ReadsTheQueryAsFormsWriteIt) {
  auto target = parse_target("/v1/pools?under=tank%2Fa+b&depth=0&empty");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target.value().query, (std::map<std::string, std::string>{
                                      {"under", "tank/a b"}, {"depth", "0"}, {"empty", ""}}));
}

TEST(Target, NotesParametersThatStandTwice) {
  const auto target = parse_target("/v1/pools?plan=true&limit=1&plan=false&pl%61n=true");
  ASSERT_TRUE(target.ok());
  EXPECT_EQ(target.value().repeated, std::set<std::string>{"plan"});
}

TEST(Router, FindsOperationsByPath) {
  EXPECT_EQ(route("/v1/pools"), "pool.list pool.create");
  EXPECT_EQ(route("/v1/datasets/tank%2Fhome"), "dataset.get dataset.set dataset.destroy");
  EXPECT_EQ(route("/v1/nothing"), "");
  EXPECT_EQ(route("/v1/pools/tank/status/more"), "");
}

TEST(Router, PrefersAWordToAField) {
  EXPECT_EQ(route("/v1/snapshots/destroy"), "snapshot.destroy_many");
}

TEST(Router, AllowsHeadWhereThereIsGet) {
  EXPECT_EQ(allow_of(find_operations({"v1", "pools"})), "GET, HEAD, POST, OPTIONS");
}

TEST(Accept, TakesTheFirstOfferWithoutAWish) {
  EXPECT_EQ(choose_media_type({}, {"a/b", "c/d"}), "a/b");
}

TEST(Accept, FollowsQualitiesAndTheMostExactEntry) {
  EXPECT_EQ(choose_media_type({"application/json;q=0.5, application/x-ndjson"},
                              {"application/json", "application/x-ndjson"}),
            "application/x-ndjson");
  EXPECT_EQ(choose_media_type({"*/*, application/json;q=0"},
                              {"application/json", "application/x-ndjson"}),
            "application/x-ndjson");
  EXPECT_EQ(choose_media_type({"application/*;q=0.1, text/html"}, {"application/json"}),
            "application/json");
  EXPECT_EQ(choose_media_type({"text/html"}, {"application/json"}), std::nullopt);
  EXPECT_EQ(choose_media_type({"application/json;q=0"}, {"application/json"}), std::nullopt);
}

TEST(ContentType, IsJsonInUtf8) {
  EXPECT_TRUE(is_json("application/json"));
  EXPECT_TRUE(is_json("Application/JSON; charset=UTF-8"));
  EXPECT_FALSE(is_json("application/json; charset=latin1"));
  EXPECT_FALSE(is_json("text/json"));
  EXPECT_FALSE(is_json(""));
}

}  // namespace
}  // namespace zfsrest::gateway
