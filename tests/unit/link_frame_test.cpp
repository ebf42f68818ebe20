#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "link/channel.hpp"
#include "link/frame.hpp"
#include "os/socket.hpp"

namespace zfsrest::link {
namespace {

TEST(Frames, ArriveWholeInAnyPortions) {
  const std::string bytes =
      encode({.kind = Kind::document, .id = 7, .location = "/v1/a", .payload = "{}"}) +
      encode({.kind = Kind::stream_end, .id = 8, .payload = "ok"});
  Decoder decoder;
  std::vector<Frame> frames;
  for (const char byte : bytes) {
    decoder.feed({&byte, 1});
    auto frame = decoder.next();
    ASSERT_TRUE(frame.ok());
    if (frame.value()) frames.push_back(std::move(*frame.value()));
  }
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].id, 7U);
  EXPECT_EQ(frames[0].location, "/v1/a");
  EXPECT_EQ(frames[0].payload, "{}");
  EXPECT_EQ(frames[1].payload, "ok");
}

TEST(Frames, WhatIsNoneIsRefused) {
  Decoder decoder;
  decoder.feed(std::string(16, '\xff'));
  EXPECT_FALSE(decoder.next().ok());
}

TEST(Frames, ADescriptorThatThereIsNoRoomForIsMissingAndTheNextIsNotTakenForIt) {
  auto [here, there] = os::socket_pair().value();
  Channel sender(std::move(here));
  Channel receiver(std::move(there));
  auto pipe = os::make_pipe().value();
  ASSERT_TRUE(sender
                  .send({.kind = Kind::connection,
                         .payload = "first",
                         .descriptor = os::Fd(::dup(pipe.read_end.get()))})
                  .ok());
  ASSERT_TRUE(sender
                  .send({.kind = Kind::connection,
                         .payload = "second",
                         .descriptor = os::Fd(::dup(pipe.read_end.get()))})
                  .ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  auto first = receiver.receive();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  auto second = receiver.receive();
  ASSERT_TRUE(first.ok() && first.value() && second.ok() && second.value());
  EXPECT_EQ(first.value()->payload, "first");
  EXPECT_FALSE(first.value()->descriptor);
  EXPECT_EQ(second.value()->payload, "second");
  EXPECT_TRUE(second.value()->descriptor);
}

}  // namespace
}  // namespace zfsrest::link
