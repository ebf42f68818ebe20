// Sockets, the descriptors that travel over them, and who is at their other end.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/fd.hpp"

namespace zfsrest::os {

// Two connected, close-on-exec Unix sockets of a stream.
Result<std::pair<Fd, Fd>> socket_pair();

// A listening TCP socket on an IP address. Fails with EADDRINUSE when the port is taken.
Result<Fd> listen_tcp(const std::string& host, std::uint16_t port);
// The port that a listening socket really has.
Result<std::uint16_t> port_of(int fd);

// A listening Unix socket, mode 0600. A socket file that is left over is replaced; anything else at
// `path` is not.
Result<Fd> listen_unix(const std::string& path);

// The next connection of a listening socket.
Result<Fd> accept(int fd);

struct Peer {
  pid_t pid;
  uid_t uid;
  gid_t gid;
};
// Who connected, as the kernel noted it then. Only the accepting end can ask.
Result<Peer> peer_of(int fd);

// Sends some of `bytes`, with `passed` (or -1) travelling with the first of them; returns how many
// were taken. Fails with EAGAIN on a full non-blocking socket.
Result<std::size_t> send_some(int fd, std::string_view bytes, int passed);

// Receives into `buffer` and appends the descriptor that came along, if there was one, to
// `received`: an empty one if this process may have no more of them. 0 at the end of the stream.
Result<std::size_t> receive_some(int fd, std::span<char> buffer, std::vector<Fd>& received);

// The same where no descriptor may come along. One that does never becomes ours, and the call fails
// with bug: the other end does not keep to what was agreed.
Result<std::size_t> receive_plain(int fd, std::span<char> buffer);

Result<Nothing> set_nonblocking(int fd);

// Lets this process and those that it starts have as many descriptors as its limits allow at most.
void raise_descriptor_limit();

}  // namespace zfsrest::os
