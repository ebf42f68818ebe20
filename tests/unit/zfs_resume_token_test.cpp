// Tokens of interrupted receives, whatever their text is.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstring>
#include <vector>

#include "zfs/nvlist.hpp"
#include "zfs/resume_token.hpp"

namespace zfsrest::zfs {
namespace {

// As OpenZFS 2.1 wrote it after an incremental, compressed stream of a volume had broken off.
constexpr std::string_view real_token =
    "1-ffbd9b0e3-108-789c636064000310a501c49c50360710a715e5e7a69766a6304001ff9e53d5dd"
    "d3049f2800d9ec48eaf293b252934b207c10c0904f4b2b4e05ca332cb082cbb321c9275596a41603"
    "6987ff3658f597e4435cb19957e4f7f6a309af0d90e439c1f27989b9a9403a312f5bbf2c3fa73437"
    "d5a1a434b53825b1126e1e3703c29fc9f9b90545a9c5c5f9d90c700000214c2807";

std::string token_of(std::span<const char> packed, std::size_t said_bytes) {
  std::vector<unsigned char> folded(::compressBound(packed.size()));
  uLongf length = folded.size();
  EXPECT_EQ(::compress(folded.data(), &length, reinterpret_cast<const Bytef*>(packed.data()),
                       packed.size()),
            Z_OK);
  folded.resize(length);
  std::uint64_t sum = 0;
  std::string hex;
  for (std::size_t at = 0; at + 4 <= folded.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, folded.data() + at, sizeof(word));
    sum += word;
  }
  for (const unsigned char byte : folded) hex += fmt::format("{:02x}", byte);
  return fmt::format("1-{:x}-{:x}-{}", sum, said_bytes, hex);
}

std::string token_of(const NvList& list) {
  const auto packed = list.pack();
  return token_of(packed, packed.size());
}

NvList least() {
  NvList list;
  list.add_u64("object", 1);
  list.add_u64("offset", 0);
  list.add_u64("bytes", 624);
  list.add_u64("toguid", 77);
  list.add_text("toname", "tank/home@monday");
  return list;
}

std::string refusal_of(std::string_view text) {
  const auto parsed = parse_resume_token(text);
  if (parsed.ok()) return "";
  EXPECT_EQ(parsed.error().code, Code::bad_request);
  return parsed.error().detail;
}

TEST(ResumeToken, OfARealReceiveSaysWhereItBrokeOff) {
  const auto parsed = parse_resume_token(real_token);
  ASSERT_TRUE(parsed.ok()) << parsed.error().detail;
  const model::ResumeToken& token = parsed.value();
  EXPECT_EQ(token.to_name.text(), "tank/volume@tuesday");
  EXPECT_EQ(token.to_guid.text(), "16960773590659370419");
  EXPECT_EQ(token.from_guid.value().text(), "16434082041073155087");
  EXPECT_EQ(token.object, 1);
  EXPECT_EQ(token.offset, 0x3aa000);
  EXPECT_EQ(token.bytes, 0x3cff40);
  EXPECT_TRUE(token.compressed);
  EXPECT_FALSE(token.large_blocks || token.embedded || token.raw || token.saved);
}

TEST(ResumeToken, OfAFullStreamHasNeitherASourceNorFlags) {
  const model::ResumeToken token = parse_resume_token(token_of(least())).value();
  EXPECT_EQ(token.to_name.text(), "tank/home@monday");
  EXPECT_EQ(token.to_guid.value, 77);
  EXPECT_EQ(token.object, 1);
  EXPECT_EQ(token.bytes, 624);
  EXPECT_FALSE(token.from_guid);
  EXPECT_FALSE(token.large_blocks || token.embedded || token.compressed || token.raw ||
               token.saved);
  EXPECT_FALSE(token.redact_snaps || token.from_redact_snaps);
}

TEST(ResumeToken, TellsEachFlagFromTheOthers) {
  const std::array<std::pair<const char*, bool model::ResumeToken::*>, 5> flags{{
      {"largeblockok", &model::ResumeToken::large_blocks},
      {"embedok", &model::ResumeToken::embedded},
      {"compressok", &model::ResumeToken::compressed},
      {"rawok", &model::ResumeToken::raw},
      {"savedok", &model::ResumeToken::saved},
  }};
  for (const auto& [key, member] : flags) {
    NvList list = least();
    list.add_flag(key);
    const model::ResumeToken token = parse_resume_token(token_of(list)).value();
    for (const auto& [other_key, other] : flags)
      EXPECT_EQ(token.*other, key == other_key) << key << " " << other_key;
  }
}

TEST(ResumeToken, LacksNothingThatEveryTokenHas) {
  for (const char* key : {"object", "offset", "bytes", "toguid", "toname"}) {
    NvList list;
    least().view().each([&](const NvPair& pair) {
      if (pair.name() == key) return;
      if (const auto number = pair.u64()) list.add_u64(std::string(pair.name()), *number);
      if (const auto text = pair.text())
        list.add_text(std::string(pair.name()), std::string(*text));
    });
    EXPECT_NE(refusal_of(token_of(list)).find("lacks"), std::string::npos) << key;
    list.add_i32(key, 1);
    EXPECT_NE(refusal_of(token_of(list)).find("lacks"), std::string::npos) << key;
  }
}

TEST(ResumeToken, WithANameThatIsNoSnapshotsIsRefused) {
  for (const char* name : {"", "tank", "tank@a@b", "tank/%recv@x", "tank@\xff"}) {
    NvList list = least();
    list.add_text("toname", name);
    EXPECT_NE(refusal_of(token_of(list)).find("name"), std::string::npos) << name;
  }
}

TEST(ResumeToken, CutShortAnywhereIsRefused) {
  for (std::size_t length = 0; length < real_token.size(); ++length)
    EXPECT_NE(refusal_of(real_token.substr(0, length)), "") << length;
  EXPECT_NE(refusal_of(std::string(real_token) + "00"), "");
  EXPECT_NE(refusal_of(std::string(real_token) + "\n"), "");
}

TEST(ResumeToken, WithAnyCharacterChangedIsRefused) {
  for (std::size_t at = 0; at < real_token.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string token(real_token);
      if (token[at] == static_cast<char>(byte)) continue;
      token[at] = static_cast<char>(byte);
      EXPECT_NE(refusal_of(token), "") << at << " " << byte;
    }
}

// What a stranger can make: the sums are right, the content is anything.
TEST(ResumeToken, WithAnyByteOfItsContentChangedIsReadOrRefused) {
  const auto packed = least().pack();
  for (std::size_t at = 0; at < packed.size(); ++at)
    for (const int change : {0x01, 0x80, 0xff}) {
      auto changed = packed;
      changed[at] = static_cast<char>(changed[at] ^ change);
      static_cast<void>(parse_resume_token(token_of(changed, changed.size())));
    }
  for (std::size_t length = 0; length < packed.size(); ++length)
    EXPECT_NE(refusal_of(token_of({packed.data(), length}, length)), "") << length;
}

TEST(ResumeToken, UnfoldsToWhatItSaysAndToNoMoreThanIsRead) {
  const auto packed = least().pack();
  for (const std::size_t said : {packed.size() - 1, packed.size() + 1, std::size_t{0},
                                 most_unfolded_token_bytes + 1, std::size_t{0xffffffffffffffff}})
    EXPECT_NE(refusal_of(token_of(packed, said)), "") << said;
  // A mebibyte folds to a kibibyte.
  const std::vector<char> zeros(most_unfolded_token_bytes + 1);
  EXPECT_NE(refusal_of(token_of(zeros, zeros.size())), "");
  EXPECT_NE(refusal_of(token_of(zeros, most_unfolded_token_bytes)), "");
  EXPECT_NE(refusal_of("1-0-fffffffffffffffff-00"), "");
  EXPECT_NE(refusal_of("1-fffffffffffffffff-8-00"), "");
  EXPECT_NE(refusal_of("1-0-8-" + std::string(model::most_token_bytes, '0')).find("bytes"),
            std::string::npos);
}

TEST(ResumeToken, OfAnotherVersionIsRefused) {
  const std::string token = token_of(least());
  for (const char* version : {"2", "01", "", "-1", "+1", " 1"})
    EXPECT_NE(refusal_of(version + token.substr(1)), "") << version;
}

}  // namespace
}  // namespace zfsrest::zfs
