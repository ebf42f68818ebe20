#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "link/channel.hpp"
#include "os/socket.hpp"

namespace zfsrest::link {
namespace {

TEST(Decoder, PutsFramesTogetherFromSingleBytes) {
  const std::string bytes =
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
  unknown_kind.feed(std::string(16, '\x7f'));
  EXPECT_FALSE(unknown_kind.next().ok());
  Decoder no_descriptor;
  std::string bytes = encode({.kind = Kind::stream, .id = 1});
  bytes[7] = 1;
  no_descriptor.feed(bytes);
  EXPECT_FALSE(no_descriptor.next().ok());
}

TEST(Channel, HandsDescriptorsOverWithTheirFrames) {
  auto [left, right] = os::socket_pair().value();
  Channel sender(std::move(left));
  Channel receiver(std::move(right));
  os::Pipe first = os::make_pipe().value();
  os::Pipe second = os::make_pipe().value();
  std::thread sending([&] {
    EXPECT_TRUE(
        sender.send({.kind = Kind::document, .id = 1, .payload = std::string(300'000, 'x')}).ok());
    EXPECT_TRUE(
        sender.send({.kind = Kind::stream, .id = 2, .descriptor = std::move(first.read_end)}).ok());
    EXPECT_TRUE(
        sender.send({.kind = Kind::stream, .id = 3, .descriptor = std::move(second.read_end)})
            .ok());
  });
  EXPECT_EQ(receiver.receive().value()->payload.size(), 300'000U);
  Frame two = std::move(*receiver.receive().value());
  Frame three = std::move(*receiver.receive().value());
  sending.join();
  ASSERT_TRUE(os::write_all(second.write_end.get(), "3").ok());
  char byte = 0;
  ASSERT_EQ(::read(three.descriptor.get(), &byte, 1), 1);
  EXPECT_EQ(byte, '3');
  EXPECT_EQ(two.id, 2U);
}

TEST(Channel, SaysThatTheStreamHasEnded) {
  auto [left, right] = os::socket_pair().value();
  Channel receiver(std::move(right));
  left.close();
  EXPECT_FALSE(receiver.receive().value().has_value());
}

}  // namespace
}  // namespace zfsrest::link
