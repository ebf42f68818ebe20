#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <thread>
#include <vector>

#include "link/channel.hpp"
#include "link/frame.hpp"
#include "os/socket.hpp"

namespace zfsrest::link {
namespace {

// Receives as the gateway does: a blocking socket and a decoder that takes descriptors.
class Receiver {
 public:
  explicit Receiver(os::Fd fd) : fd_(std::move(fd)) {}

  Result<std::optional<Frame>> receive() {
    std::array<char, 4096> buffer{};
    while (true) {
      auto frame = decoder_.next();
      if (!frame.ok() || frame.value()) return frame;
      const auto got = os::receive_some(fd_.get(), buffer, decoder_.descriptors());
      if (!got.ok()) return got.error();
      if (got.value() == 0) return std::optional<Frame>();
      decoder_.feed({buffer.data(), got.value()});
    }
  }

 private:
  os::Fd fd_;
  Decoder decoder_;
};

// Sends bytes with so many descriptors of /dev/null.
void send_with_descriptors(int socket, std::pmr::string bytes, std::size_t count) {
  const os::Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::vector<int> numbers(count, nothing.get());
  std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
  iovec piece{.iov_base = bytes.data(), .iov_len = bytes.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  std::memcpy(CMSG_DATA(header), numbers.data(), count * sizeof(int));
  ASSERT_EQ(::sendmsg(socket, &message, MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}

std::size_t count_descriptors() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
}

TEST(Frames, ArriveWholeInAnyPortions) {
  const std::pmr::string bytes =
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
  decoder.feed(std::string(24, '\xff'));
  EXPECT_FALSE(decoder.next().ok());
}

TEST(Frames, ADescriptorThatThereIsNoRoomForIsMissingAndTheNextIsNotTakenForIt) {
  auto [here, there] = os::socket_pair().value();
  Channel sender(std::move(here));
  Receiver receiver(std::move(there));
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

TEST(Frames, HandDescriptorsOverWithTheirFrames) {
  auto [left, right] = os::socket_pair().value();
  Channel sender(std::move(left));
  Receiver receiver(std::move(right));
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

TEST(Frames, DescriptorsThatNoFrameAnnouncesBreakTheLinkAndAreNotKept) {
  const std::pmr::string frame = encode({.kind = Kind::stream_end, .id = 1, .payload = "ok"});
  const std::size_t before = count_descriptors();
  for (const std::pmr::string& bytes : {frame, frame.substr(0, 4)}) {
    auto [here, there] = os::socket_pair().value();
    send_with_descriptors(here.get(), bytes, 16);
    Receiver receiver(std::move(there));
    auto received = receiver.receive();
    if (received.ok()) received = receiver.receive();
    EXPECT_EQ(received.error().code, Code::bug);
  }
  EXPECT_EQ(count_descriptors(), before);
}

TEST(Frames, TheAgentTakesNoDescriptorAtAll) {
  auto [here, there] = os::socket_pair().value();
  const std::size_t before = count_descriptors();
  for (int i = 0; i < 20; ++i)
    send_with_descriptors(here.get(), encode({.kind = Kind::closed, .payload = "x"}), 16);
  Channel receiver(std::move(there));
  EXPECT_EQ(receiver.receive().error().code, Code::bug);
  EXPECT_EQ(count_descriptors(), before);
}

}  // namespace
}  // namespace zfsrest::link
