#include "link/channel.hpp"

#include <sys/socket.h>

#include <array>

#include "os/socket.hpp"

namespace zfsrest::link {

Result<Nothing> Channel::send(const Frame& frame) {
  const std::pmr::string bytes = encode(frame);
  const std::lock_guard lock(sending_);
  std::string_view rest = bytes;
  int passed = frame.descriptor.get();
  while (!rest.empty()) {
    rest.remove_prefix(TRY(os::send_some(fd_.get(), rest, passed)));
    passed = -1;
  }
  return Nothing{};
}

Result<std::optional<Frame>> Channel::receive() {
  std::array<char, std::size_t{64} * 1024> buffer;
  while (true) {
    auto frame = TRY(decoder_.next());
    if (frame) return frame;
    const std::size_t got = TRY(os::receive_plain(fd_.get(), buffer));
    if (got == 0) return std::optional<Frame>();
    decoder_.feed({buffer.data(), got});
    os::wipe(std::span(buffer).first(got));
  }
}

bool Channel::has_more() const {
  char next = 0;
  return decoder_.has_begun() || ::recv(fd_.get(), &next, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void Channel::shut_down() {
  ::shutdown(fd_.get(), SHUT_RDWR);
}

}  // namespace zfsrest::link
