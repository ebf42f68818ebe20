// The agent's end of the link: blocking, and safe to write to from any thread.
#pragma once

#include <mutex>
#include <string>

#include "link/frame.hpp"

namespace zfsrest::link {

class Channel {
 public:
  explicit Channel(os::Fd fd) : fd_(std::move(fd)) {}

  // Sends a frame whole, or fails for good.
  Result<Nothing> send(const Frame& frame);

  // Waits for the next frame; nothing at the end of the stream. The gateway sends no descriptors:
  // one that comes, like what is no frame, fails with bug. For one thread only.
  Result<std::optional<Frame>> receive();

  // Whether something has come of what follows the last frame. For the same thread.
  bool has_more() const;

  // Ends the stream in both directions, so that a waiting receive() returns.
  void shut_down();

 private:
  os::Fd fd_;
  std::mutex sending_;
  Decoder decoder_;
};

}  // namespace zfsrest::link
