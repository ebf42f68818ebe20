#include <gtest/gtest.h>

#include "json/value.hpp"

namespace zfsrest::json {
namespace {

std::string refusal(std::string_view text) {
  auto parsed = parse(text);
  return parsed.ok() ? "accepted" : parsed.error().detail;
}

// Both look at the text alike, and only one makes values.
TEST(JsonParse, LooksWithoutMakingValues) {
  const auto look = [](std::string_view text, const Bounds& bounds = {}) {
    std::pmr::monotonic_buffer_resource memory;
    const auto is = is_object(text, memory, bounds);
    return is.ok() ? (is.value() ? "object" : "other") : is.error().detail;
  };
  EXPECT_EQ(look(" \t\r\n{\"a\":[1,{}]}"), "object");
  EXPECT_EQ(look("[1]"), "other");
  EXPECT_EQ(look("7"), "other");
  for (const char* bad : {"", " ", "{", "{\"a\":1,\"a\":2}", "{} {}", "18446744073709551616",
                          "{\"a\":1e999}", "\"\xff\""}) {
    std::pmr::monotonic_buffer_resource memory;
    const auto parsed = parse(bad, memory);
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(look(bad), parsed.error().detail) << bad;
  }
}

TEST(JsonParse, CountsValues) {
  const auto parses = [](std::string_view text, std::size_t values) {
    std::pmr::monotonic_buffer_resource memory;
    const Bounds bounds{.values = values};
    const auto parsed = parse(text, memory, bounds);
    const auto looked = is_object(text, memory, bounds);
    EXPECT_EQ(parsed.ok(), looked.ok()) << text;
    return parsed.ok();
  };
  constexpr std::string_view six = R"({"a":[1,"x",null,{"b":true}]})";
  EXPECT_FALSE(parses(six, 6));
  EXPECT_TRUE(parses(six, 7));
}

TEST(JsonParse, KeepsSixtyFourBitIntegersExactly) {
  auto parsed = parse("[18446744073709551615,-9223372036854775808,9223372036854775807]");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(serialize(parsed.value()),
            "[18446744073709551615,-9223372036854775808,9223372036854775807]");
}

TEST(JsonParse, RefusesIntegersBeyondSixtyFourBits) {
  EXPECT_NE(refusal("[18446744073709551616]").find("does not fit 64 bits"), std::string::npos);
  EXPECT_NE(refusal("[-9223372036854775809]").find("does not fit 64 bits"), std::string::npos);
}

TEST(JsonParse, RefusesNumbersThatAreInfiniteAndSaysWhere) {
  EXPECT_EQ(refusal("[1e308,-1e308,1e-999]"), "accepted");
  for (const char* text : {"[1e999]", "[-1e999]", "[1.5e400]"})
    EXPECT_NE(refusal(text).find("a number is too large"), std::string::npos) << refusal(text);
  EXPECT_NE(refusal("{\"quota\":1e999}").find("at byte 14"), std::string::npos)
      << refusal("{\"quota\":1e999}");
}

TEST(JsonParse, RefusesAKeyThatStandsTwiceAndNamesIt) {
  EXPECT_NE(refusal(R"({"name":1,"name":2})").find("a key stands twice"), std::string::npos);
  EXPECT_NE(refusal(R"({"a":{"b":1,"b":2}})").find("a key stands twice"), std::string::npos);
}

// The pointer that a refusal blames.
std::string blamed(std::string_view text) {
  auto parsed = parse(text);
  if (parsed.ok() || parsed.error().faults.size() != 1) return "nothing";
  return parsed.error().faults.front().pointer;
}

TEST(JsonParse, BlamesAPlaceByItsPointer) {
  EXPECT_EQ(blamed(R"({"name":1,"name":2})"), "/name");
  EXPECT_EQ(blamed(R"({"a":{"b":1,"b":2}})"), "/a/b");
  EXPECT_EQ(blamed(R"({"a":[1,"x",null,true,{},[],{"b/c":[0,1e999]}]})"), "/a/6/b~1c/1");
  EXPECT_EQ(blamed(R"([[],[18446744073709551616]])"), "/1/0");
  EXPECT_EQ(blamed(R"({"a":{"b":1},"c\d":2,"\u0061":3})"), "nothing");
  EXPECT_EQ(blamed(R"({"a":{"b":1},"\u0061":3})"), "/a");
  EXPECT_EQ(blamed("99999999999999999999"), "");
  EXPECT_EQ(blamed("{\"a\":{\"" + std::string(300, 'x') + "\":1e999}}"), "/a");
  EXPECT_EQ(blamed("{} {}"), "nothing") << "that is no place in a value";
}

TEST(JsonParse, TakesTheSameKeyInTwoObjects) {
  EXPECT_EQ(refusal(R"([{"a":1},{"a":2},{"b":{"a":1},"a":2}])"), "accepted");
}

TEST(JsonParse, SeesThatAKeyStandsTwiceEvenWhenItIsEscaped) {
  EXPECT_NE(refusal(R"({"a":1,"\u0061":2})").find("stands twice"), std::string::npos);
}

TEST(JsonParse, RefusesWhatIsNestedTooDeep) {
  EXPECT_EQ(refusal(std::string(max_depth, '[') + std::string(max_depth, ']')), "accepted");
  EXPECT_NE(refusal(std::string(max_depth + 1, '[') + std::string(max_depth + 1, ']')), "accepted");
}

TEST(JsonParse, RefusesInvalidUtf8AndTrailingText) {
  EXPECT_NE(refusal("\"\xff\""), "accepted");
  EXPECT_NE(refusal("\"\xed\xa0\x80\""), "accepted");
  EXPECT_NE(refusal("{} {}"), "accepted");
  EXPECT_NE(refusal(""), "accepted");
  EXPECT_NE(refusal("{\"a\":1,}"), "accepted");
  EXPECT_NE(refusal("NaN"), "accepted");
}

TEST(JsonSerialize, WritesRatiosAsPeopleDo) {
  EXPECT_EQ(serialize(Value(1.53)), "1.53");
  EXPECT_EQ(serialize(Value(1.0)), "1.0");
  EXPECT_TRUE(parse(serialize(parse("1e9").value())).value().is_double());
}

TEST(JsonSerialize, EscapesControlCharacters) {
  EXPECT_EQ(serialize(Value("a\"\\\n\x01")), R"("a\"\\\n\u0001")");
}

TEST(JsonPointer, EscapesTildeAndSlash) {
  EXPECT_EQ(pointer_token("a/b~c"), "a~1b~0c");
}

}  // namespace
}  // namespace zfsrest::json
