// The record that a send stream begins with.
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "model/stream_header.hpp"

namespace zfsrest::model {
namespace {

enum class Order { little, big };

// Built as the format has it, a byte at a time.
class Record {
 public:
  explicit Record(Order order = Order::little) : order_(order) {
    put(0, 4, 0);
    put(8, 8, 0x2f5bacbac);
    versioninfo(1);
    put(24, 8, 1'700'000'000);
    put(32, 4, 2);
    put(40, 8, 0xfedcba9876543210);
    name("tank/home@monday");
  }
  Record& put(std::size_t at, std::size_t width, std::uint64_t number) {
    for (std::size_t i = 0; i < width; ++i)
      bytes_[at + (order_ == Order::little ? i : width - 1 - i)] =
          static_cast<char>(number >> (8 * i));
    return *this;
  }
  Record& versioninfo(std::uint64_t kind, std::uint64_t features = 0) {
    return put(16, 8, kind | features << 2);
  }
  Record& name(std::string_view text) {
    std::memset(bytes_.data() + 56, 0, 256);
    std::memcpy(bytes_.data() + 56, text.data(), text.size());
    return *this;
  }
  Result<StreamHeader> parse() const { return parse_stream_header(bytes_); }

 private:
  Order order_;
  std::array<char, stream_header_bytes> bytes_{};
};

std::string refusal_of(const Record& record) {
  const auto parsed = record.parse();
  if (parsed.ok()) return "";
  EXPECT_EQ(parsed.error().code, Code::bad_stream);
  return parsed.error().detail;
}

TEST(StreamHeader, SaysWhatIsInTheStreamInEitherOrderOfBytes) {
  for (const Order order : {Order::little, Order::big}) {
    const StreamHeader header = Record(order).parse().value();
    EXPECT_EQ(header.to_name, "tank/home@monday");
    EXPECT_EQ(header.to_guid.value, 0xfedcba9876543210);
    EXPECT_FALSE(header.from_guid);
    EXPECT_EQ(header.created.seconds, 1'700'000'000);
    EXPECT_EQ(header.type, DatasetType::filesystem);
    EXPECT_FALSE(header.clone || header.large_blocks || header.embedded || header.compressed ||
                 header.raw || header.redacted || header.resuming);
  }
}

TEST(StreamHeader, TellsAnIncrementalStreamOfACloneOfAVolume) {
  for (const Order order : {Order::little, Order::big}) {
    Record record(order);
    record.put(32, 4, 3).put(36, 4, 1).put(48, 8, 7);
    const StreamHeader header = record.parse().value();
    EXPECT_EQ(header.type, DatasetType::volume);
    EXPECT_TRUE(header.clone);
    EXPECT_EQ(header.from_guid.value().value, 7);
  }
}

TEST(StreamHeader, TellsEachFeatureFromTheOthers) {
  const std::array<std::pair<unsigned, bool StreamHeader::*>, 6> features{{
      {16, &StreamHeader::embedded},
      {19, &StreamHeader::large_blocks},
      {20, &StreamHeader::resuming},
      {21, &StreamHeader::redacted},
      {22, &StreamHeader::compressed},
      {24, &StreamHeader::raw},
  }};
  for (const auto& [bit, member] : features) {
    Record record;
    record.versioninfo(1, std::uint64_t{1} << bit);
    const StreamHeader header = record.parse().value();
    for (const auto& [other_bit, other] : features)
      EXPECT_EQ(header.*other, bit == other_bit) << bit << " " << other_bit;
  }
}

TEST(StreamHeader, LeavesFeaturesThatItDoesNotKnowToTheKernel) {
  EXPECT_TRUE(Record().versioninfo(1, std::uint64_t{1} << 55).parse().ok());
}

TEST(StreamHeader, SaysWhyWhatIsNoStreamOfOneSnapshotIsRefused) {
  EXPECT_NE(refusal_of(Record().put(8, 8, 0)).find("no send stream"), std::string::npos);
  EXPECT_NE(refusal_of(Record().put(0, 4, 5)).find("no send stream"), std::string::npos);
  EXPECT_NE(refusal_of(Record().versioninfo(2)).find("package"), std::string::npos);
  EXPECT_NE(refusal_of(Record().versioninfo(3)).find("kind"), std::string::npos);
  EXPECT_NE(refusal_of(Record().versioninfo(0)).find("kind"), std::string::npos);
  EXPECT_NE(refusal_of(Record().versioninfo(1, 1)).find("deduplicated"), std::string::npos);
  EXPECT_NE(refusal_of(Record().put(32, 4, 1)).find("neither"), std::string::npos);
}

TEST(StreamHeader, RefusesAListThatNoStreamHas) {
  constexpr std::uint64_t raw = std::uint64_t{1} << 24;
  for (const Order order : {Order::little, Order::big}) {
    for (const std::uint64_t bytes : {0x100'0008ULL, 0xffff'fff8ULL, 1ULL, 804ULL})
      EXPECT_NE(refusal_of(Record(order).put(4, 4, bytes)).find("list"), std::string::npos)
          << bytes;
    for (const std::uint64_t bytes : {0ULL, 8ULL, 0x100'0000ULL})
      EXPECT_EQ(refusal_of(Record(order).put(4, 4, bytes)), "") << bytes;
    EXPECT_EQ(refusal_of(Record(order).versioninfo(1, raw).put(4, 4, 804)), "");
    EXPECT_NE(refusal_of(Record(order).versioninfo(1, raw).put(4, 4, 0x100'0004)), "");
  }
}

TEST(StreamHeader, RefusesATimeThatCannotBeWritten) {
  EXPECT_NE(refusal_of(Record().put(24, 8, 1'700'000'000 | std::uint64_t{1} << 57)).find("9999"),
            std::string::npos);
  EXPECT_NE(refusal_of(Record().put(24, 8, 253'402'300'800)), "");
  const Record last = Record().put(24, 8, 253'402'300'799);
  EXPECT_EQ(last.parse().value().created.text(), "9999-12-31T23:59:59Z");
}

TEST(StreamHeader, RefusesANameThatIsNoSnapshots) {
  for (const std::string& name :
       {std::string(), std::string("tank"), std::string("tank@"), std::string("tank/../x@y"),
        std::string("tank/\xff@y"), "tank@" + std::string(251, 'x')})
    EXPECT_NE(refusal_of(Record().name(name)).find("name"), std::string::npos) << name;
  EXPECT_EQ(refusal_of(Record().name("tank@--head--")), "");
  EXPECT_EQ(refusal_of(Record().name("tank@" + std::string(250, 'x'))), "");
}

}  // namespace
}  // namespace zfsrest::model
