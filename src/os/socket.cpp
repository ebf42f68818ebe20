#include "os/socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace zfsrest::os {
namespace {

constexpr int backlog = 512;
// More descriptors than this never travel in one message.
constexpr std::size_t most_descriptors = 16;

const sockaddr* generic(const auto& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Result<Nothing> bind_and_listen(int fd, const auto& address, const std::string& subject) {
  if (::bind(fd, generic(address), sizeof(address)) != 0 || ::listen(fd, backlog) != 0)
    return last_error(subject);
  return Nothing{};
}

}  // namespace

Result<std::pair<Fd, Fd>> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return last_error("socketpair");
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

Result<Fd> listen_tcp(const std::string& host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  Fd fd(::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return last_error("socket");
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (is_v6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    if (::inet_pton(AF_INET6, host.c_str(), &address.sin6_addr) != 1)
      return Error::of_errno(EINVAL, host);
    TRY(bind_and_listen(fd.get(), address, host));
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
      return Error::of_errno(EINVAL, host);
    TRY(bind_and_listen(fd.get(), address, host));
  }
  return fd;
}

Result<std::uint16_t> port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return last_error("getsockname");
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

Result<Fd> listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return Error::of_errno(ENAMETOOLONG, path);
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  struct stat existing{};
  if (::lstat(path.c_str(), &existing) == 0 && S_ISSOCK(existing.st_mode)) ::unlink(path.c_str());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return last_error("socket");
  // On Linux the mode of the socket's inode, set before bind(), is that of the file, so it is never
  // open to others.
  ::fchmod(fd.get(), S_IRUSR | S_IWUSR);
  TRY(bind_and_listen(fd.get(), address, path));
  ::chmod(path.c_str(), S_IRUSR | S_IWUSR);
  return fd;
}

Result<Fd> accept(int fd) {
  Fd accepted(::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC));
  if (!accepted) return last_error("accept");
  return accepted;
}

Result<Peer> peer_of(int fd) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return last_error("SO_PEERCRED");
  return Peer{.pid = credentials.pid, .uid = credentials.uid, .gid = credentials.gid};
}

Result<std::size_t> send_some(int fd, std::string_view bytes, int passed) {
  iovec piece{.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (passed >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &passed, sizeof(int));
  }
  while (true) {
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno != EINTR) return last_error("sendmsg");
  }
}

Result<std::size_t> receive_some(int fd, std::span<char> buffer, std::vector<Fd>& received) {
  iovec piece{.iov_base = buffer.data(), .iov_len = buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_descriptors)> control{};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return last_error("recvmsg");
  // A descriptor that there was no room for leaves a gap, so that none is ever taken for another.
  if ((message.msg_flags & MSG_CTRUNC) != 0) received.emplace_back();
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      received.emplace_back(number);
    }
  }
  return static_cast<std::size_t>(got);
}

Result<std::size_t> receive_plain(int fd, std::span<char> buffer) {
  iovec piece{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  // Without room for descriptors the kernel drops them, and says so.
  ssize_t got = 0;
  do {
    got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return last_error("recvmsg");
  if ((message.msg_flags & MSG_CTRUNC) != 0)
    return Error::of(Code::bug, "a descriptor came where none may");
  return static_cast<std::size_t>(got);
}

Result<Nothing> set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return last_error("fcntl");
  return Nothing{};
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace zfsrest::os
