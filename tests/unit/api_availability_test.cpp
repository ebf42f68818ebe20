#include <gtest/gtest.h>

#include "api/availability.hpp"
#include "api/dataset/dataset_get.hpp"
#include "api/dataset/dataset_mount.hpp"
#include "api/pool/pool_prefetch.hpp"
#include "api/pool/pool_scrub.hpp"

namespace zfsrest::api {
namespace {

model::Running kernel(Release release) {
  return {.engine = model::Engine::kernel, .release = release};
}

std::vector<describe::Need> needs_of_scrub(std::string_view body) {
  const json::Value parsed = json::parse(body).value();
  auto decoded = decode_request<PoolScrub>(
      {.path = {{"pool", "tank"}}, .query = {}, .body = parsed.as_object()});
  EXPECT_TRUE(decoded.ok());
  return std::move(decoded).value().needs;
}

TEST(Availability, AnOperationIsThereFromItsReleaseOn) {
  EXPECT_FALSE(check_available(PoolPrefetch::operation, {}, kernel({2, 2, 9})).ok());
  EXPECT_TRUE(check_available(PoolPrefetch::operation, {}, kernel({2, 3, 0})).ok());
  EXPECT_TRUE(check_available(DatasetGet::operation, {}, kernel({2, 1, 0})).ok());
}

TEST(Availability, AnOperationOfTheModuleIsNotInUserSpaceWhateverTheRelease) {
  EXPECT_TRUE(check_available(DatasetMount::operation, {}, kernel({2, 1, 0})).ok());
  const auto declined = check_available(DatasetMount::operation, {},
                                        {.engine = model::Engine::userland, .release = {2, 4, 0}});
  EXPECT_EQ(declined.error().code, Code::not_on_this_engine);
}

TEST(Availability, AllThatTheReleaseLacksIsNamed) {
  const auto needs =
      needs_of_scrub(R"({"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"})");
  const auto declined = check_available(PoolScrub::operation, needs, kernel({2, 3, 0}));
  ASSERT_FALSE(declined.ok());
  EXPECT_EQ(declined.error().code, Code::not_in_this_release);
  EXPECT_EQ(declined.error().detail, "`since` needs OpenZFS 2.4");
  ASSERT_EQ(declined.error().faults.size(), 2U);
  EXPECT_EQ(declined.error().faults[1].in, "body");
  EXPECT_EQ(declined.error().faults[1].pointer, "/until");
  EXPECT_TRUE(check_available(PoolScrub::operation, needs, kernel({2, 4, 0})).ok());
}

TEST(Availability, AWordIsNamedAndNotItsField) {
  const auto needs = needs_of_scrub(R"({"kind": "errors"})");
  const auto declined = check_available(PoolScrub::operation, needs, kernel({2, 1, 11}));
  ASSERT_FALSE(declined.ok());
  EXPECT_EQ(declined.error().detail, "`errors` needs OpenZFS 2.2");
  EXPECT_EQ(declined.error().faults[0].pointer, "/kind");
  EXPECT_TRUE(needs_of_scrub(R"({"kind": "all", "since": null})").empty());
}

TEST(Availability, OptionsAreListedWithTheirPlace) {
  std::vector<std::string> options;
  each_option<PoolScrub>([&](std::string_view in, const std::string& pointer, std::string_view what,
                             Release since) {
    options.push_back(std::string(in) + pointer + " " + std::string(what) + " " + to_string(since));
  });
  EXPECT_EQ(options,
            (std::vector<std::string>{"body/kind from_last_txg 2.3", "body/kind errors 2.2",
                                      "body/since since 2.4", "body/until until 2.4"}));
}

}  // namespace
}  // namespace zfsrest::api
