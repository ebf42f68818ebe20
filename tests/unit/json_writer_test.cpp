#include <gtest/gtest.h>

#include <limits>

#include "json/writer.hpp"

namespace zfsrest::json {
namespace {

// One of everything, told to a writer or a builder.
template <class Out>
void tell(Out& out) {
  out.begin_object();
  out.key("none");
  out.null();
  out.key("list");
  out.begin_array();
  out.boolean(true);
  out.boolean(false);
  out.number(std::numeric_limits<std::int64_t>::min());
  out.number(std::numeric_limits<std::uint64_t>::max());
  out.number(1.53);
  out.number(2.0);
  out.begin_array();
  out.end_array();
  out.begin_object();
  out.end_object();
  out.end_array();
  out.key("a \"key\"\n");
  out.text(std::string_view("\\\t\x01\x1f\0\xc3\xa9/", 8));
  out.key("value");
  out.value(Value{{"deep", Array{1, "two", nullptr, Object{{"x", Array{}}}}}});
  out.end_object();
}

constexpr std::string_view told =
    R"({"none":null,"list":[true,false,-9223372036854775808,18446744073709551615,1.53,2.0,[],{}],)"
    R"("a \"key\"\n":"\\\t\u0001\u001f\u0000é/","value":{"deep":[1,"two",null,{"x":[]}]}})";

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string text;
  Writer writer(text);
  tell(writer);
  EXPECT_EQ(text, told);
}

TEST(JsonWriter, GoesOnBehindWhatIsThere) {
  std::string text = "{\"items\":[";
  for (const char* item : {"a", "b"}) Writer(text).text(item);
  EXPECT_EQ(text, "{\"items\":[\"a\",\"b\"");
  std::string lines = "1\n";
  Writer(lines).number(2U);
  EXPECT_EQ(lines, "1\n2");
}

TEST(JsonWriter, ATextThatEndsLikeABeginningIsAValueAllTheSame) {
  std::string text;
  Writer writer(text);
  writer.begin_array();
  for (const char* item : {"{", "[", ":", "\n", ","}) writer.text(item);
  writer.end_array();
  EXPECT_EQ(text, R"(["{","[",":","\n",","])");
}

TEST(JsonBuilder, MakesWhatTheWriterWrites) {
  Builder builder;
  tell(builder);
  const Value value = std::move(builder).take();
  EXPECT_EQ(value, parse(told).value());
  EXPECT_EQ(serialize(value), told);
}

TEST(JsonBuilder, KeepsWhetherANumberHasASign) {
  Builder builder;
  builder.number(std::int8_t{-1});
  EXPECT_TRUE(std::move(builder).take().is_int64());
  Builder other;
  other.number(std::uint8_t{1});
  EXPECT_TRUE(std::move(other).take().is_uint64());
}

}  // namespace
}  // namespace zfsrest::json
