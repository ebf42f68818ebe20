#include <gtest/gtest.h>

#include "describe/codec.hpp"

namespace zfsrest::describe {
namespace {

enum class Colour { red, green };

std::span<const Word<Colour>> words_of(Colour) {
  static constexpr Word<Colour> words[] = {{Colour::red, "red", ""},
                                           {Colour::green, "green", "", {2, 3, 0}}};
  return words;
}

struct Leaf {
  static constexpr std::string_view type = "leaf";
  std::string path;
  static constexpr auto fields() {
    return std::tuple{required("path", &Leaf::path, "Where it is.")};
  }
};

struct Pair {
  static constexpr std::string_view type = "pair";
  std::vector<Leaf> children;
  static constexpr auto fields() {
    return std::tuple{required("children", &Pair::children, "Both halves.")};
  }
};

struct Sample {
  std::string name;
  std::uint8_t count = 7;
  std::optional<Colour> colour;
  std::vector<std::variant<Leaf, Pair>> tree;
  std::map<std::string, std::int32_t> numbers;
  static constexpr auto fields() {
    return std::tuple{
        required("name", &Sample::name, "Its name."),
        optional("count", &Sample::count, "How many."),
        optional("colour", &Sample::colour, "Its colour."),
        optional("tree", &Sample::tree, "Its parts."),
        optional("numbers", &Sample::numbers, "Its numbers.").needs({2, 4, 0}),
    };
  }
};

// As key material is: it can be read and not written.
struct Hidden {
  std::string bytes;
  static Result<Hidden> parse(std::string_view text) { return Hidden{.bytes = std::string(text)}; }
  static TextShape shape() { return {.name = "Hidden", .doc = "It.", .example = ""}; }
};

struct Guarded {
  std::string name;
  std::optional<Hidden> hidden;
  static constexpr auto fields() {
    return std::tuple{required("name", &Guarded::name, "Its name."),
                      optional("hidden", &Guarded::hidden, "What nobody is told.").secret()};
  }
};

struct Decoded {
  std::optional<Sample> sample;
  std::vector<std::string> pointers;
};

Decoded decode_text(std::string_view text) {
  Report report;
  Decoded decoded{.sample = decode<Sample>(json::parse(text).value(), Spot(report, "body")),
                  .pointers = {}};
  for (const Fault& fault : report.take().faults) decoded.pointers.push_back(fault.pointer);
  return decoded;
}

TEST(Decode, FillsDefaultsForWhatIsAbsent) {
  const Decoded decoded = decode_text(R"({"name":"x"})");
  ASSERT_TRUE(decoded.sample);
  EXPECT_EQ(decoded.sample->count, 7);
  EXPECT_FALSE(decoded.sample->colour);
}

TEST(Decode, ReportsAllFaultsOfARequestAtOnce) {
  const Decoded decoded = decode_text(
      R"({"count":256,"colour":"blue","tree":[{"type":"pair","children":[{"path":1}]},{"type":"twig"}],"nmae":"x"})");
  EXPECT_FALSE(decoded.sample);
  EXPECT_EQ(decoded.pointers,
            (std::vector<std::string>{"/name", "/count", "/colour", "/tree/0/children/0/path",
                                      "/tree/1/type", "/nmae"}));
}

TEST(Decode, RefusesUnknownKeysInsideUnions) {
  const Decoded decoded =
      decode_text(R"({"name":"x","tree":[{"type":"leaf","path":"/a","size":1}]})");
  EXPECT_EQ(decoded.pointers, (std::vector<std::string>{"/tree/0/size"}));
}

TEST(Decode, PointsAtTheMemberOfAMapByItsEscapedKey) {
  const Decoded decoded = decode_text(R"({"name":"x","numbers":{"a/b":"no","c":1}})");
  EXPECT_EQ(decoded.pointers, (std::vector<std::string>{"/numbers/a~1b"}));
}

TEST(Decode, RefusesFractionsWhereIntegersBelong) {
  EXPECT_EQ(decode_text(R"({"name":"x","count":1.0})").pointers,
            (std::vector<std::string>{"/count"}));
}

TEST(Decode, BoundsHowManyFaultsItLists) {
  std::string text = R"({"name":"x")";
  for (int i = 0; i < 300; ++i) text += ",\"k" + std::to_string(i) + "\":1";
  Report report;
  static_cast<void>(decode<Sample>(json::parse(text + "}").value(), Spot(report, "body")));
  const Error error = report.take();
  EXPECT_EQ(error.faults.size(), Report::most);
  EXPECT_EQ(error.unreported, 200U);
}

TEST(Encode, WritesWhatDecodeReads) {
  const std::string text =
      R"({"name":"x","count":3,"colour":"green","tree":[{"type":"pair","children":[{"path":"/a"}]},{"type":"leaf","path":"/b"}],"numbers":{"n":-1}})";
  const Decoded decoded = decode_text(text);
  ASSERT_TRUE(decoded.sample);
  EXPECT_EQ(json::serialize(encode(*decoded.sample)), text);
}

TEST(Encode, PassesOverSecretsAtAnyDepth) {
  using Guards = std::map<std::string, std::vector<Guarded>>;
  Report report;
  const auto decoded = decode<Guards>(
      json::parse(R"({"gate":[{"name":"x","hidden":"y"}]})").value(), Spot(report, "body"));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->at("gate").front().hidden->bytes, "y");
  EXPECT_EQ(json::serialize(encode(*decoded)), R"({"gate":[{"name":"x"}]})");
  static_assert(holds_secrets<Guards>);
  static_assert(holds_secrets<std::optional<std::variant<Leaf, Guarded>>>);
  static_assert(!holds_secrets<Sample>);
}

TEST(FromText, ReadsQueryParametersByTheirType) {
  EXPECT_EQ(json::serialize(from_text<std::uint32_t>("12")), "12");
  EXPECT_EQ(json::serialize(from_text<std::uint32_t>("12x")), "\"12x\"");
  EXPECT_EQ(json::serialize(from_text<bool>("true")), "true");
  EXPECT_EQ(json::serialize(from_text<bool>("1")), "\"1\"");
  EXPECT_EQ(json::serialize(from_text<std::vector<Colour>>("red,green")), R"(["red","green"])");
}

TEST(Schema, DescribesUnionsByTheirTypeKey) {
  Schemas schemas;
  const std::string text = json::serialize(schema<std::variant<Leaf, Pair>>(schemas));
  EXPECT_NE(text.find(R"({"const":"leaf"})"), std::string::npos);
  EXPECT_NE(text.find(R"("required":["type","children"])"), std::string::npos);
}

// Each as "pointer what release".
std::vector<std::string> needs_of(std::string_view text) {
  Report report;
  decode<Sample>(json::parse(text).value(), Spot(report, "body"));
  std::vector<std::string> needs;
  for (const Need& need : report.take_needs())
    needs.push_back(need.pointer + " " + need.what + " " + to_string(need.since));
  return needs;
}

TEST(Codec, NotesWhatNotEveryReleaseHas) {
  EXPECT_TRUE(needs_of(R"({"name": "a", "colour": "red", "numbers": null})").empty());
  EXPECT_EQ(needs_of(R"({"name": "a", "colour": "green"})"),
            std::vector<std::string>{"/colour green 2.3"});
  EXPECT_EQ(needs_of(R"({"name": "a", "numbers": {}, "colour": "green"})"),
            (std::vector<std::string>{"/colour green 2.3", "/numbers numbers 2.4"}));
}

TEST(Codec, ListsBeforehandWhatNotEveryReleaseHas) {
  std::vector<std::string> needs;
  each_need<std::vector<Sample>>(
      "", [&](const std::string& pointer, std::string_view what, Release since) {
        needs.push_back(pointer + " " + std::string(what) + " " + to_string(since));
      });
  EXPECT_EQ(needs, (std::vector<std::string>{"/colour green 2.3", "/numbers numbers 2.4"}));
}

TEST(Codec, SaysInTheSchemaWhatNotEveryReleaseHas) {
  Schemas schemas;
  const json::Object sample = schema<Sample>(schemas);
  const json::Value& fields = sample.at("properties");
  EXPECT_EQ(fields.at("numbers").at("x-since"), json::Value("2.4"));
  EXPECT_EQ(fields.at("numbers").at("description"), json::Value("Its numbers. Needs OpenZFS 2.4."));
  EXPECT_FALSE(fields.at("name").as_object().contains("x-since"));
}

}  // namespace
}  // namespace zfsrest::describe
