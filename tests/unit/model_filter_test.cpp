#include <gtest/gtest.h>

#include <map>

#include "model/filter.hpp"

namespace zfsrest::model {
namespace {

std::optional<PropertyForm> form_of_field(std::string_view field) {
  if (field == "used") return PropertyForm::bytes;
  if (field == "ratio") return PropertyForm::ratio;
  if (field == "made") return PropertyForm::time;
  if (field == "guid") return PropertyForm::identity;
  if (field == "kind" || field == "compression" || field == "xattr") return PropertyForm::index;
  if (field == "name" || field == "a:b") return PropertyForm::text;
  return {};
}

using Values = std::map<std::string, PropertyValue, std::less<>>;

const Values& object() {
  static const Values values{{"used", std::uint64_t{5}},
                             {"ratio", 1.5},
                             {"made", std::string("2026-11-23T15:08:33Z")},
                             {"guid", std::string("18446744073709551615")},
                             {"kind", nullptr},
                             {"name", std::string("tank/home/ann")},
                             {"compression", std::string("gzip")},
                             {"xattr", std::string("on")}};
  return values;
}

bool passes(std::string_view text, Release release = oldest_release) {
  const auto parsed = Filter::parse(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << (parsed.ok() ? "" : parsed.error().detail);
  if (!parsed.ok()) return false;
  const auto bound = parsed.value().bind(form_of_field, release);
  EXPECT_TRUE(bound.ok()) << text << ": " << (bound.ok() ? "" : bound.error().detail);
  return bound.ok() && bound.value().passes([](std::string_view field) {
    const auto found = object().find(field);
    return found == object().end() ? std::nullopt : std::optional(found->second);
  });
}

std::string refusal(std::string_view text) {
  const Release release = oldest_release;
  const auto parsed = Filter::parse(text);
  if (!parsed.ok()) return parsed.error().detail;
  const auto bound = parsed.value().bind(form_of_field, release);
  return bound.ok() ? "" : bound.error().detail;
}

TEST(Filter, ComparesEachFormInItsOwnOrder) {
  for (const char* yes : {"used=5",
                          "used!=4",
                          "used<6",
                          "used<=5",
                          "used>4",
                          "used>=5",
                          "ratio=1.5",
                          "ratio>1",
                          "ratio<1.51",
                          "made>2026-11-23T15:08:32Z",
                          "made<2026-11-23T17:00:00+01:00",
                          "made=2026-11-23T16:08:33+01:00",
                          "guid=18446744073709551615",
                          "kind=null",
                          "name!=null",
                          "name=tank/home/ann",
                          "name=\"tank/home/ann\"",
                          "name~tank/*",
                          "name~*",
                          "name~t?nk/*ann"})
    EXPECT_TRUE(passes(yes)) << yes;
  for (const char* no :
       {"used=6", "used!=5", "used<5", "used>5", "ratio>1.5", "made>2026-11-24T00:00:00Z", "guid=1",
        "kind!=null", "name=null", "name~tank", "name~?", "kind~*"})
    EXPECT_FALSE(passes(no)) << no;
}

TEST(Filter, WhatAnObjectHasNotIsUnequalToEverything) {
  EXPECT_FALSE(passes("a:b=1"));
  EXPECT_FALSE(passes("a:b=null"));
  EXPECT_FALSE(passes("a:b~*"));
  EXPECT_TRUE(passes("a:b!=1"));
  EXPECT_TRUE(passes("not a:b=1"));
}

TEST(Filter, JoinsAsItIsRead) {
  EXPECT_TRUE(passes("used=5 and name~tank/* or used=6"));
  EXPECT_TRUE(passes("used=6 and used=6 or used=5"));
  EXPECT_FALSE(passes("used=6 and (used=6 or used=5)"));
  EXPECT_TRUE(passes("not used=6 and not(used=7)"));
  EXPECT_FALSE(passes("not not used=6"));
  EXPECT_TRUE(passes(" ( used = 5 )\t"));
}

TEST(Filter, QuotedTextIsAsItStands) {
  EXPECT_FALSE(passes("name=\"null\""));
  EXPECT_TRUE(passes("name!=\"a \\\"b\\\" \\\\ (c) or d\""));
  EXPECT_EQ(Filter::parse("name=\"a\"").value().fields(), std::vector<std::string>{"name"});
}

TEST(Filter, RefusesWhatIsNone) {
  for (const char* bad :
       {"", " ", "used", "used=", "=5", "used=5 and", "used=5 or or used=5", "(used=5", "used=5)",
        "used==5", "used=5 used=5", "not", "name=\"x", "name=\"x\\y\"", "used=5 AND used=5", "()"})
    EXPECT_NE(refusal(bad), "") << bad;
  EXPECT_NE(refusal("used=5 and ?").find("character 13"), std::string::npos)
      << refusal("used=5 and ?");
}

TEST(Filter, RefusesWhatAFieldCannotBe) {
  for (const char* bad :
       {"used=x", "used=-1", "used=1.5", "used=18446744073709551616", "used~5*", "ratio=x",
        "ratio=nan", "ratio<inf", "made=yesterday", "name<x", "guid>1", "guid=abc",
        "guid=", "kind>=a", "used<null", "unknown=1", "name~null and used>null"})
    EXPECT_NE(refusal(bad), "") << bad;
}

TEST(Filter, HasBounds) {
  EXPECT_EQ(refusal(std::string(16, '(') + "used=5" + std::string(16, ')')), "");
  EXPECT_NE(refusal(std::string(17, '(') + "used=5" + std::string(17, ')')), "");
  EXPECT_NE(refusal(std::string(2'000, '(')), "");
  std::string many = "used=5";
  for (int i = 1; i < 64; ++i) many += " or used=5";
  EXPECT_EQ(refusal(many), "");
  EXPECT_NE(refusal(many + " or used=5"), "");
  EXPECT_NE(refusal("name=" + std::string(5'000, 'x')), "");
  EXPECT_EQ(refusal("name~" + std::string(256, '*')), "");
  EXPECT_NE(refusal("name~" + std::string(257, '*')), "");
  std::string negations = "used=5";
  for (int i = 0; i < 16; ++i) negations = "not " + negations;
  EXPECT_EQ(refusal(negations), "");
  EXPECT_NE(refusal("not " + negations), "");
}

TEST(Filter, WordsForTheSameAreOne) {
  for (const char* yes : {"compression=gzip", "compression=gzip-6", "compression!=gzip-5"})
    EXPECT_TRUE(passes(yes)) << yes;
  EXPECT_FALSE(passes("compression!=gzip-6"));
  EXPECT_FALSE(passes("compression~gzip-*")) << "a pattern is compared with what is shown";
  EXPECT_TRUE(passes("xattr=dir", release_2_2));
  EXPECT_FALSE(passes("xattr=dir", release_2_4));
}

TEST(Filter, AQuestionMarkIsACharacterHoweverManyBytesItHas) {
  EXPECT_TRUE(is_like("grün", "gr?n"));
  EXPECT_FALSE(is_like("grün", "gr??n"));
  EXPECT_TRUE(is_like("grün", "*?n"));
  EXPECT_FALSE(is_like("ün", "*???"));
  EXPECT_TRUE(is_like("€€", "??"));
  EXPECT_TRUE(is_like("a€b€", "*€?€"));
}

TEST(Filter, PatternsTakeNoTimeToFindOut) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  EXPECT_FALSE(is_like(std::string(4'000, 'a'), pattern + "b"));
  EXPECT_TRUE(is_like(std::string(4'000, 'a'), pattern));
}

}  // namespace
}  // namespace zfsrest::model
