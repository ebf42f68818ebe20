#include <gtest/gtest.h>

#include "link/channel.hpp"
#include "os/socket.hpp"

namespace zfsrest::link {
namespace {

TEST(Decoder, PutsFramesTogetherFromSingleBytes) {
  const std::pmr::string bytes =
      encode({.kind = Kind::document, .id = 7, .location = "/v1/pools/a", .payload = "{}"}) +
      encode({.kind = Kind::stream_end, .id = 8, .payload = "ok"});
  Decoder decoder;
  std::vector<Frame> frames;
  for (const char byte : bytes) {
    decoder.feed({&byte, 1});
    while (auto frame = decoder.next().value()) frames.push_back(std::move(*frame));
  }
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].location, "/v1/pools/a");
  EXPECT_EQ(frames[0].payload, "{}");
  EXPECT_EQ(frames[1].id, 8U);
}

TEST(Decoder, RefusesWhatIsNoFrame) {
  Decoder unknown_kind;
  unknown_kind.feed(std::string(24, '\x7f'));
  EXPECT_FALSE(unknown_kind.next().ok());
  Decoder no_descriptor;
  std::pmr::string bytes = encode({.kind = Kind::stream, .id = 1});
  bytes[20] = 1;  // of the marks
  no_descriptor.feed(bytes);
  EXPECT_FALSE(no_descriptor.next().ok());
}

TEST(Channel, SaysThatTheStreamHasEnded) {
  auto [left, right] = os::socket_pair().value();
  Channel receiver(std::move(right));
  left.close();
  EXPECT_FALSE(receiver.receive().value().has_value());
}

}  // namespace
}  // namespace zfsrest::link
