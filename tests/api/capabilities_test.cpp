// What the running OpenZFS can do, as it is said beforehand, against what is found when it is asked
// for. (That no request is declined which is called available, the client checks of each answer.)
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "api/catalogue.hpp"
#include "api/fixture.hpp"
#include "os/fd.hpp"

namespace zfsrest::test {
namespace {

std::string text_of(const json::Value& value) {
  return std::string(json::view(value.as_string()));
}

std::vector<json::Value> items(const std::string& list) {
  const Response shown = get("/v1/capabilities");
  EXPECT_EQ(shown.status, 200);
  const json::Array& array = shown.at("/" + list).as_array();
  return {array.begin(), array.end()};
}

// The names of features that are there.
std::vector<std::string> available_features(const char* key) {
  std::vector<std::string> names;
  for (const json::Value& feature : items("features"))
    if (feature.at("available").as_bool()) names.push_back(text_of(feature.at(key)));
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

TEST(Capabilities, NameTheEngineAndTheReleaseThatRun) {
  const Response shown = get("/v1/capabilities");
  EXPECT_EQ(shown.text("/engine"), variable("ZFSREST_TEST_ENGINE"));
  EXPECT_EQ(shown.text("/transport"), engine() == Engine::kernel ? "ioctl" : "preload");
  EXPECT_EQ(shown.text("/versions/openzfs"), variable("ZFSREST_TEST_OPENZFS"));
  EXPECT_EQ(shown.text("/versions/release"), model::to_string(release()));
  EXPECT_NE(shown.text("/versions/zfsrest"), "");
  EXPECT_TRUE(Release::parse(shown.text("/versions/libzfs_core")).ok());
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  EXPECT_NE(oracle("zfs version").find("zfs-kmod-" + shown.text("/versions/openzfs")),
            std::string::npos);
}

TEST(Capabilities, ListEveryOperationWithTheReleaseThatBringsIt) {
  const auto listed = items("operations");
  ASSERT_EQ(listed.size(), api::operations().size());
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const api::Operation& operation = *api::operations()[i];
    EXPECT_EQ(text_of(listed[i].at("operation")), operation.id);
    EXPECT_EQ(listed[i].at("since").is_null(), operation.since == model::oldest_release);
    const bool is_there = operation.since <= release() &&
                          (!operation.engine || (*operation.engine == model::Engine::kernel) ==
                                                    (engine() == Engine::kernel));
    EXPECT_EQ(listed[i].at("available"), json::Value(is_there)) << operation.id;
    EXPECT_EQ(listed[i].at("code").is_null(), is_there) << operation.id;
  }
}

// A request of the operation with the option and nothing else that is needed, of no pool that
// exists.
Response ask_for(const json::Value& option) {
  const std::string name = text_of(option.at("pointer")).substr(1);
  const std::string what = text_of(option.at("what"));
  const api::Operation* operation = api::find_operation(text_of(option.at("operation")));
  std::string target(operation->path);
  if (const auto open = target.find("{pool}"); open != target.npos)
    target.replace(open, 6, "nosuchpool");
  json::Object body{{name, what == name ? "2026-01-01T00:00:00Z" : what}};
  if (name == "heal") body = {{name, true}, {"target", "nosuchpool/data@snap"}};
  return send({.method = std::string(api::word_of(operation->method)),
               .target = target,
               .body = std::move(body)});
}

TEST(Capabilities, AnOptionThatIsNotThereIsDeclinedByNameWithItsRelease) {
  const auto options = items("options");
  EXPECT_FALSE(options.empty());
  for (const json::Value& option : options) {
    // What an operation as a whole needs is told first.
    if (!code_of_lack(*api::find_operation(text_of(option.at("operation")))).empty()) continue;
    const Response answer = ask_for(option);
    if (option.at("available").as_bool()) {
      EXPECT_TRUE(is_refused(answer, 404, "not_found")) << json::serialize(option);
      continue;
    }
    EXPECT_TRUE(is_refused(answer, 501, "not_in_this_release")) << json::serialize(option);
    EXPECT_NE(answer.text("/detail").find("needs OpenZFS " + text_of(option.at("since"))),
              std::string::npos)
        << answer;
  }
}

class CapabilitiesOnPool : public OnPool {};

// Sets the property to the value, or to the first of several that it takes in whatever release.
Response set_property(const std::string& dataset, const json::Value& property) {
  json::Array values{property.at("value")};
  if (values[0].is_null()) values = {nullptr, 1, "off", "all", "disabled"};
  Response answer;
  for (const json::Value& value : values) {
    answer =
        patch(dataset_path(dataset), {{"properties", {{text_of(property.at("property")), value}}}});
    if (answer.status != 400) break;
  }
  return answer;
}

TEST_F(CapabilitiesOnPool, APropertyThatIsNotThereIsDeclinedWithItsRelease) {
  for (const json::Value& property : items("properties")) {
    const auto targets = property.at("targets").as_array();
    if (property.at("available").as_bool() || property.at("code") != "not_in_this_release" ||
        std::ranges::find(targets, json::Value("filesystem")) == targets.end())
      continue;
    const Response answer = set_property(dataset(), property);
    EXPECT_TRUE(is_refused(answer, 501, "not_in_this_release")) << json::serialize(property);
    EXPECT_NE(answer.text("/detail").find("needs OpenZFS " + text_of(property.at("since"))),
              std::string::npos)
        << answer;
  }
}

TEST_F(CapabilitiesOnPool, TheVersionOfAFileSystemIsSetAndRaised) {
  const Response made =
      post("/v1/datasets", {{"name", child("old")}, {"properties", {{"version", 4}}}});
  EXPECT_EQ(made.number("/properties/version/value"), 4U);
  const Response raised = patch(dataset_path(child("old")), {{"properties", {{"version", 5}}}});
  EXPECT_EQ(raised.number("/properties/version/value"), 5U);
}

TEST(CapabilitiesOfPools, AreTheFeaturesOfTheModule) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const std::string all = "cat /sys/module/zfs/features.pool/*/";
  EXPECT_EQ(available_features("name"), sorted_lines(oracle(all + "uname")));
  EXPECT_EQ(available_features("guid"), sorted_lines(oracle(all + "guid")));
  std::vector<std::string> read_only;
  for (const json::Value& feature : items("features"))
    if (feature.at("available").as_bool())
      read_only.emplace_back(feature.at("read_only_compatible").as_bool() ? "1" : "0");
  std::ranges::sort(read_only);
  EXPECT_EQ(read_only, sorted_lines(oracle(all + "readonly_compatible")));
}

TEST(CapabilitiesOfPools, AreTheFeaturesThatTheStockToolsList) {
  if (const auto lack = find_lack({.tools = Tools::same_release})) GTEST_SKIP() << *lack;
  // Each has a line with its name, and whether it is read-only compatible, and an indented one.
  std::vector<std::string> listed;
  std::istringstream lines(oracle("zpool upgrade -v"));
  std::string line;
  while (std::getline(lines, line) && !line.starts_with("-----")) continue;
  while (std::getline(lines, line) && !line.empty())
    if (line.front() != ' ')
      listed.push_back(line.substr(0, line.find(' ')) +
                       (line.find("(read-only compatible)") != line.npos ? " r" : ""));
  std::ranges::sort(listed);
  std::vector<std::string> shown;
  for (const json::Value& feature : items("features"))
    if (feature.at("available").as_bool())
      shown.push_back(text_of(feature.at("name")) +
                      (feature.at("read_only_compatible").as_bool() ? " r" : ""));
  std::ranges::sort(shown);
  EXPECT_EQ(shown, listed);
}

// How many descriptors of the device a process is said to have.
std::uint64_t descriptors_of(const Response& shown, pid_t process) {
  for (const json::Value& holder : shown.at("/device/holders").as_array())
    if (holder.at("pid") == process) return holder.at("descriptors").to_number<std::uint64_t>();
  return 0;
}

TEST(CapabilitiesOfTheDevice, NameTheProcessesThatHaveItOpen) {
  if (const auto lack = find_lack({.engine = Engine::kernel})) GTEST_SKIP() << *lack;
  EXPECT_EQ(descriptors_of(get("/v1/capabilities"), ::getpid()), 0U);
  {
    const os::Fd one(::open("/dev/zfs", O_RDWR | O_CLOEXEC));
    const os::Fd other(::open("/dev/zfs", O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(one && other);
    const Response shown = get("/v1/capabilities");
    EXPECT_EQ(descriptors_of(shown, ::getpid()), 2U) << shown;
    EXPECT_EQ(shown.at("/device/unreadable"), json::Value(0));
  }
  EXPECT_EQ(descriptors_of(get("/v1/capabilities"), ::getpid()), 0U);
}

TEST(CapabilitiesOfTheDevice, AreNotKnownInUserSpace) {
  if (const auto lack = find_lack({.engine = Engine::userland})) GTEST_SKIP() << *lack;
  EXPECT_TRUE(get("/v1/capabilities").at("/device/holders").is_null());
}

TEST_F(CapabilitiesOnPool, NameTheLeasesThatKeepTheDeviceOpen) {
  make_snapshot(dataset() + "@s");
  const Response held =
      post("/v1/snapshots/hold",
           {{"holds", json::Array{json::Object{{"snapshot", dataset() + "@s"}, {"tag", "t"}}}},
            {"lease_seconds", 60}});
  ASSERT_EQ(held.status, 200) << held;
  const auto has_lease = [&](const Response& shown) {
    const auto leases = shown.texts("/device/leases");
    return std::ranges::find(leases, held.text("/lease/lease")) != leases.end();
  };
  const Response shown = get("/v1/capabilities");
  EXPECT_TRUE(has_lease(shown)) << shown;
  if (engine() == Engine::kernel) {
    const auto& holders = shown.at("/device/holders").as_array();
    const auto daemon = std::ranges::find_if(
        holders, [](const json::Value& holder) { return holder.at("is_daemon").as_bool(); });
    ASSERT_NE(daemon, holders.end()) << shown;
    EXPECT_EQ(daemon->at("command"), json::Value("zfsrest-agent"));
  }
  EXPECT_EQ(del("/v1/leases/" + encode(held.text("/lease/lease"))).status, 204);
  EXPECT_FALSE(has_lease(get("/v1/capabilities")));
}

}  // namespace
}  // namespace zfsrest::test
