// What is said of properties, where the module and the tables differ or the module says nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "model/property_description.hpp"
#include "zfs/module.hpp"

namespace zfsrest::model {
namespace {

constexpr Running kernel_2_1{.engine = Engine::kernel, .release = release_2_1};
constexpr Running kernel_2_4{.engine = Engine::kernel, .release = release_2_4};

using Module = std::optional<std::vector<ModuleProperty>>;

PropertyDescription describe(const char* name, const Running& running, const Module& module) {
  return describe_property(PropertyKind::dataset, *find_dataset_property(name), running, module);
}

ModuleProperty said(const char* name, const char* type, const char* initial) {
  return {
      .name = name, .type = type, .values = "", .initial = initial, .visible = true, .targets = {}};
}

TEST(PropertyDescriptions, WithoutAWordOfTheModuleTheReleaseDecides) {
  EXPECT_EQ(describe("prefetch", kernel_2_1, {}).code, Lack::not_in_this_release);
  EXPECT_EQ(describe("prefetch", kernel_2_1, {}).since, "2.2");
  EXPECT_TRUE(describe("prefetch", kernel_2_4, {}).available);
}

TEST(PropertyDescriptions, WhatTheModuleHasNotIsNotThere) {
  const Module module{{said("atime", "index", "on")}};
  EXPECT_TRUE(describe("atime", kernel_2_4, module).available);
  EXPECT_EQ(describe("relatime", kernel_2_4, module).code, Lack::not_in_this_release);
  EXPECT_FALSE(describe("relatime", kernel_2_4, module).module);
}

TEST(PropertyDescriptions, TheDefaultIsTheModules) {
  EXPECT_EQ(describe("recordsize", kernel_2_4, {}).initial->value, PropertyValue(131072U));
  const Module module{{said("recordsize", "number", "65536"), said("compression", "index", "zle"),
                       said("quota", "number", "0"), said("used", "number", "0")}};
  EXPECT_EQ(describe("recordsize", kernel_2_4, module).initial->value, PropertyValue(65536U));
  EXPECT_EQ(describe("compression", kernel_2_4, module).initial->value, PropertyValue("zle"));
  EXPECT_EQ(describe("quota", kernel_2_4, module).initial->value, PropertyValue(nullptr));
  EXPECT_FALSE(describe("used", kernel_2_4, module).initial);
}

TEST(PropertyDescriptions, AWordOfTheModuleHasTheNumberOfItsRelease) {
  const Module module{{said("xattr", "index", "on")}};
  const Running kernel_2_3{.engine = Engine::kernel, .release = release_2_3};
  EXPECT_EQ(describe("xattr", kernel_2_1, module).initial->value, PropertyValue("on"));
  EXPECT_EQ(describe("xattr", kernel_2_3, module).initial->value, PropertyValue("on"));
  // What 2.1 calls `on`, later ones call `dir`; 2.4 has two words for the other way, and shows the
  // first.
  EXPECT_EQ(describe("xattr", kernel_2_4, module).initial->value, PropertyValue("sa"));
}

TEST(PropertyDescriptions, ADefaultThatCannotBeReadIsTheTables) {
  const Module module{{said("recordsize", "number", "128K"), said("compression", "index", "")}};
  EXPECT_EQ(describe("recordsize", kernel_2_4, module).initial->value, PropertyValue(131072U));
  EXPECT_EQ(describe("compression", kernel_2_4, module).initial->value, PropertyValue("on"));
}

TEST(PropertyDescriptions, AWordSaysItsReleaseIfItCameLaterThanTheProperty) {
  const auto words = describe("checksum", kernel_2_1, {}).values;
  const auto word = std::ranges::find(words, "blake3", &PropertyWord::value);
  ASSERT_NE(word, words.end());
  EXPECT_FALSE(word->available);
  EXPECT_EQ(word->since, "2.2");
  EXPECT_EQ(std::ranges::count(words, "blake3", &PropertyWord::value), 1);
  EXPECT_FALSE(std::ranges::find(words, "noparity", &PropertyWord::value)->settable);
}

TEST(PropertyDescriptions, AWordSaysHowItIsShown) {
  const auto shown = [](const char* property, const char* word, const Running& running) {
    const auto words = describe(property, running, {}).values;
    return std::ranges::find(words, std::string(word), &PropertyWord::value)->shown_as;
  };
  EXPECT_EQ(shown("compression", "gzip-6", kernel_2_1), "gzip");
  EXPECT_EQ(shown("compression", "gzip-5", kernel_2_1), "gzip-5");
  EXPECT_EQ(shown("acltype", "posixacl", kernel_2_1), "posix");
  EXPECT_EQ(shown("xattr", "dir", kernel_2_1), "on");
  EXPECT_EQ(shown("xattr", "dir", kernel_2_4), "dir");
}

TEST(PropertyDescriptions, EveryRowHasOne) {
  for (const auto kind : {PropertyKind::dataset, PropertyKind::pool, PropertyKind::vdev})
    for (const PropertyRow& row : properties_of(kind)) {
      const auto description = describe_property(kind, row, kernel_2_4, {});
      EXPECT_EQ(description.accepts.has_value(), row.access != PropertyAccess::read_only);
      EXPECT_FALSE(description.targets.empty()) << row.name;
      EXPECT_TRUE(NativeName::parse(row.name).ok()) << row.name;
    }
}

TEST(PropertyDescriptions, TheModulesDirectoriesAreRead) {
  namespace fs = std::filesystem;
  const fs::path module = fs::path(testing::TempDir()) / "zfsrest-module";
  const fs::path property = module / "properties.dataset/newest";
  fs::create_directories(property);
  for (const auto& [name, line] :
       {std::pair("type", "index"), std::pair("values", "on | off"), std::pair("default", "off"),
        std::pair("readonly", "0"), std::pair("setonce", "1"), std::pair("visible", "1"),
        std::pair("datasets", "filesystem volume ")})
    std::ofstream(property / name) << line << "\n";
  const auto read = zfs::read_properties(module, PropertyKind::dataset);
  EXPECT_FALSE(zfs::read_properties(module, PropertyKind::vdev));
  fs::remove_all(module);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1U);
  const auto description = describe_unknown(PropertyKind::dataset, read->front());
  EXPECT_EQ(description.name, "newest");
  EXPECT_EQ(description.type, PropertyForm::index);
  EXPECT_EQ(description.access, PropertyAccess::read_only);
  EXPECT_EQ(description.targets, (std::vector{Target::filesystem, Target::volume}));
  EXPECT_FALSE(description.description);
  EXPECT_TRUE(description.module->set_once);
  EXPECT_FALSE(description.module->read_only);
  EXPECT_EQ(description.module->values, "on | off");
}

}  // namespace
}  // namespace zfsrest::model
