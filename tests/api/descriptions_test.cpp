// What is said of properties and features themselves, against what the module says, what the stock
// tools show, and what happens when they are set.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "api/fixture.hpp"
#include "model/capabilities.hpp"

namespace zfsrest::test {
namespace {

constexpr const char* kinds[] = {"dataset", "pool", "vdev"};

std::string text_of(const json::Value& value) {
  return std::string(json::view(value.as_string()));
}

json::Array described(const std::string& kind) {
  const Response shown = get("/v1/properties?kind=" + kind);
  EXPECT_EQ(shown.status, 200) << shown;
  return shown.at("/items").as_array();
}

bool is_available(const json::Value& property) {
  return property.at("available").as_bool();
}

// What the directories of the module hold, by property and attribute.
using Attributes = std::map<std::string, std::map<std::string, std::string>>;

Attributes read_module(const std::string& kind) {
  std::istringstream lines(
      oracle("cd /sys/module/zfs && grep -H '' properties." + kind + "/*/* 2> /dev/null || true"));
  Attributes all;
  for (std::string line; std::getline(lines, line);) {
    line.erase(0, line.find('/') + 1);
    const auto slash = line.find('/');
    const auto colon = line.find(':', slash);
    all[line.substr(0, slash)][line.substr(slash + 1, colon - slash - 1)] = line.substr(colon + 1);
  }
  return all;
}

TEST(Descriptions, AreOfWhatTheModuleHas) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  for (const char* kind : kinds) {
    const Attributes module = read_module(kind);
    std::set<std::string> there;
    for (const json::Value& property : described(kind))
      if (is_available(property)) there.insert(text_of(property.at("name")));
    EXPECT_EQ(module.empty(), there.empty()) << kind;
    for (const std::string& name : there) EXPECT_TRUE(module.contains(name)) << kind << " " << name;
    for (const auto& [name, attributes] : module)
      if (attributes.at("visible") == "1")
        EXPECT_TRUE(there.contains(name)) << kind << " " << name << " is not described";
  }
}

// What the module calls the type that we call so. It has a table of the few numbers that some
// properties can be, and the words of the state of a pool or vdev are not its affair.
bool is_type(const std::string& name, const std::string& type, const std::string& module) {
  if (name == "health" || name == "state") return type == "word";
  if ((name == "copies" || name == "version") && module == "index") return type == "number";
  if (type == "word") return module == "index";
  if (type == "text") return module == "string";
  return module == "number";
}

TEST(Descriptions, AgreeWithTheModule) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  for (const char* kind : kinds) {
    const Attributes module = read_module(kind);
    for (const json::Value& property : described(kind)) {
      if (!is_available(property)) {
        EXPECT_TRUE(property.at("module").is_null()) << json::serialize(property);
        continue;
      }
      const auto& said = module.at(text_of(property.at("name")));
      const json::Value& repeated = property.at("module");
      for (const char* attribute : {"type", "values", "default"})
        EXPECT_EQ(text_of(repeated.at(attribute)), said.at(attribute));
      for (const char* attribute : {"readonly", "setonce", "visible"})
        EXPECT_EQ(repeated.at(attribute).as_bool(), said.at(attribute) == "1");
      EXPECT_TRUE(
          is_type(text_of(property.at("name")), text_of(property.at("type")), said.at("type")))
          << json::serialize(property);
      if (said.at("readonly") == "1")
        EXPECT_EQ(property.at("access"), "read_only") << json::serialize(property);
      if (said.at("setonce") == "1")
        EXPECT_EQ(property.at("access"), "at_creation") << json::serialize(property);
    }
  }
}

TEST(Descriptions, NameTheDatasetsThatTheModuleNames) {
  if (!has_oracle()) GTEST_SKIP() << no_oracle;
  const Attributes module = read_module("dataset");
  for (const json::Value& property : described("dataset")) {
    if (!is_available(property)) continue;
    std::istringstream words(module.at(text_of(property.at("name"))).at("datasets"));
    std::set<std::string> said;
    for (std::string word; words >> word;) said.insert(word);
    std::set<std::string> shown;
    for (const json::Value& target : property.at("targets").as_array())
      shown.insert(text_of(target));
    // The stock tools hide it, but of a bookmark it says which raw streams can begin there.
    if (property.at("name") == "ivsetguid")
      EXPECT_EQ(shown, std::set<std::string>{"bookmark"});
    else
      EXPECT_EQ(shown, said) << json::serialize(property);
  }
}

TEST(Descriptions, OneIsAsInTheList) {
  for (const char* kind : kinds)
    for (const json::Value& property : described(kind)) {
      const Response one =
          get("/v1/properties/" + std::string(kind) + "/" + text_of(property.at("name")));
      EXPECT_EQ(one.status, 200);
      EXPECT_EQ(one.at(""), property);
    }
  const Response all = get("/v1/properties");
  EXPECT_EQ(all.at("/items").as_array().size(),
            described("dataset").size() + described("pool").size() + described("vdev").size());
}

TEST(Descriptions, WhatIsNoneIsNotFound) {
  for (const char* name : {"nosuch", "com.example:owner", "feature@async_destroy", "..%2Fpool",
                           "%2Fetc", "compression%2Ftype"}) {
    const Response answer = get("/v1/properties/dataset/" + std::string(name));
    const bool is_name = std::string_view(name).find_first_of("@%") == std::string_view::npos;
    EXPECT_TRUE(is_name ? is_refused(answer, 404, "not_found")
                        : is_refused(answer, 400, "bad_request"))
        << name;
  }
  EXPECT_TRUE(is_refused(get("/v1/properties/dataset/ashift"), 404, "not_found"));
  EXPECT_TRUE(is_refused(get("/v1/properties/snapshot/used"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(get("/v1/properties?kind=snapshot"), 400, "bad_request"));
  EXPECT_TRUE(is_refused(get("/v1/features/nosuch"), 404, "not_found"));
}

TEST(Descriptions, OfFeaturesAreThoseOfTheCapabilities) {
  const Response features = get("/v1/features");
  EXPECT_EQ(features.at("/items"), get("/v1/capabilities").at("/features"));
  for (const json::Value& feature : features.at("/items").as_array()) {
    EXPECT_EQ(get("/v1/features/" + text_of(feature.at("name"))).at(""), feature);
    EXPECT_EQ(get("/v1/features/" + text_of(feature.at("guid"))).at(""), feature);
    for (const json::Value& needed : feature.at("needs").as_array())
      EXPECT_EQ(get("/v1/features/" + text_of(needed)).status, 200);
  }
}

class DescriptionsOfDatasets : public OnPool {
 protected:
  // Those that datasets of this kind have here.
  static std::vector<json::Value> of(const char* target) {
    std::vector<json::Value> list;
    for (const json::Value& property : described("dataset")) {
      const auto& targets = property.at("targets").as_array();
      if (is_available(property) &&
          std::ranges::find(targets, json::Value(target)) != targets.end())
        list.push_back(property);
    }
    return list;
  }
};

TEST_F(DescriptionsOfDatasets, TheDefaultIsWhatOneHasThatWasSetNowhere) {
  make_volume(child("v"));
  for (const auto& [target, name] :
       {std::pair("filesystem", dataset()), std::pair("volume", child("v"))}) {
    const Response shown = get(dataset_path(name));
    std::size_t compared = 0;
    for (const json::Value& property : of(target)) {
      const std::string path = "/properties/" + text_of(property.at("name"));
      if (property.at("default").is_null() || shown.text(path + "/source/kind") != "default")
        continue;
      EXPECT_EQ(shown.at(path + "/value"), property.at("default").at("value"))
          << json::serialize(property);
      ++compared;
    }
    EXPECT_GT(compared, 8U) << target;
  }
}

TEST_F(DescriptionsOfDatasets, EveryWordThatMayBeSetIsTaken) {
  for (const json::Value& property : of("filesystem")) {
    if (property.at("access") != "settable" || property.at("type") != "word") continue;
    const std::string name = text_of(property.at("name"));
    for (const json::Value& word : property.at("values").as_array()) {
      const Response answer =
          patch(dataset_path(dataset()), {{"properties", {{name, word.at("value")}}}});
      const std::string told = name + "=" + json::serialize(word);
      if (!word.at("settable").as_bool()) {
        EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << told;
      } else if (!word.at("available").as_bool()) {
        EXPECT_TRUE(is_refused(answer, 501, "not_in_this_release")) << told;
      } else {
        EXPECT_EQ(answer.status, 200) << told << answer;
      }
    }
  }
}

TEST_F(DescriptionsOfDatasets, OnlyWhatIsInheritedCanBeInherited) {
  for (const json::Value& property : of("filesystem")) {
    // What can only be set at creation is inherited then; the sensitivity label, Linux lets nobody
    // touch.
    if (property.at("access") == "at_creation" || property.at("name") == "mlslabel") continue;
    const Response answer =
        del(dataset_path(dataset()) + "/properties/" + text_of(property.at("name")));
    if (property.at("inheritable").as_bool())
      EXPECT_EQ(answer.status, 204) << json::serialize(property) << answer;
    else if (property.at("access") == "read_only")
      EXPECT_TRUE(is_refused(answer, 400, "bad_request")) << json::serialize(property);
  }
}

TEST_F(DescriptionsOfDatasets, NumbersAreTakenFromTheLeastToTheMost) {
  for (const json::Value& property : of("filesystem")) {
    if (property.at("access") != "settable" || property.at("range").is_null()) continue;
    const auto set = [&](const json::Value& value) {
      return patch(dataset_path(dataset()),
                   {{"properties", {{text_of(property.at("name")), value}}}});
    };
    const json::Value& range = property.at("range");
    const auto least = range.at("least").to_number<std::uint64_t>();
    if (least > 0 && !range.at("or_zero").as_bool())
      EXPECT_TRUE(is_refused(set(least - 1), 400, "bad_request")) << json::serialize(property);
    if (const json::Value& most = range.at("most"); !most.is_null())
      EXPECT_TRUE(is_refused(set(most.to_number<std::uint64_t>() + 1), 400, "bad_request"))
          << json::serialize(property);
    if (property.at("nullable").as_bool())
      EXPECT_EQ(set(nullptr).status, 200) << json::serialize(property);
    else
      EXPECT_TRUE(is_refused(set(nullptr), 400, "bad_request")) << json::serialize(property);
  }
}

}  // namespace
}  // namespace zfsrest::test
