// A client of streams that costs as little as one can: bodies go between the socket and a file or
// pipe inside the kernel, so that a benchmark measures the daemon and not its client.
//
//   splice-client get WHERE TARGET       drops the body
//   splice-client put WHERE TARGET       takes the body from standard input, a file or a pipe
//
// WHERE is the path of a Unix socket or a port of 127.0.0.1; the file ZFSREST_TOKEN names has the
// token for the latter. It prints the status and the body's bytes, and fails unless all of it went.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "client.hpp"

namespace {

constexpr int pipe_bytes = 1024 * 1024;
// A chunk's head is read with so much at most, as what is read is copied.
constexpr std::size_t framing_read_bytes = 32;

void write_all(int to, std::string_view text) {
  while (!text.empty())
    text.remove_prefix(
        static_cast<std::size_t>(check(::write(to, text.data(), text.size()), "write")));
}

// The bytes that the server sends: lines and small texts through a buffer, all else past it.
class Answer {
 public:
  explicit Answer(int socket)
      : socket_(socket), sink_(check(::open("/dev/null", O_WRONLY), "/dev/null")) {
    check(::pipe(pipe_.data()), "pipe");
    check(::fcntl(pipe_[1], F_SETPIPE_SZ, pipe_bytes), "F_SETPIPE_SZ");
  }

  std::string line() {
    std::size_t end = 0;
    while ((end = held_.find("\r\n")) == std::string::npos) read_more();
    std::string line = held_.substr(0, end);
    held_.erase(0, end + 2);
    return line;
  }

  void drop(std::uint64_t bytes) {
    const std::size_t held = std::min<std::uint64_t>(bytes, held_.size());
    held_.erase(0, held);
    for (std::uint64_t left = bytes - held; left > 0;) {
      const ssize_t moved =
          check(::splice(socket_, nullptr, pipe_[1], nullptr, left, SPLICE_F_MOVE), "splice");
      if (moved == 0) fail("the answer broke off");
      for (ssize_t kept = moved; kept > 0;)
        kept -= check(::splice(pipe_[0], nullptr, sink_, nullptr, static_cast<std::size_t>(kept),
                               SPLICE_F_MOVE),
                      "splice");
      left -= static_cast<std::uint64_t>(moved);
    }
  }

  std::string text(std::uint64_t bytes) {
    while (held_.size() < bytes) read_more();
    return held_.substr(0, bytes);
  }

 private:
  void read_more() {
    std::array<char, framing_read_bytes> room;
    const ssize_t bytes = check(::read(socket_, room.data(), room.size()), "read");
    if (bytes == 0) fail("the answer broke off");
    held_.append(room.data(), static_cast<std::size_t>(bytes));
  }

  int socket_, sink_;
  std::array<int, 2> pipe_;
  std::string held_;
};

struct Head {
  int status = 0;
  bool is_chunked = false;
  std::uint64_t bytes = 0;
};

Head read_head(Answer& answer) {
  Head head;
  const std::string first = answer.line();
  if (first.size() < 12) fail("no status: " + first);
  head.status = std::stoi(first.substr(9, 3));
  for (std::string line; !(line = answer.line()).empty();) {
    constexpr std::string_view length = "Content-Length: ";
    if (line.starts_with(length)) head.bytes = std::stoull(line.substr(length.size()));
    if (line == "Transfer-Encoding: chunked") head.is_chunked = true;
  }
  return head;
}

std::uint64_t drop_chunks(Answer& answer) {
  std::uint64_t all = 0;
  for (;;) {
    const std::string line = answer.line();
    std::uint64_t bytes = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), bytes, 16).ec != std::errc())
      fail("no chunk: " + line);
    answer.drop(bytes);
    all += bytes;
    answer.line();
    if (bytes == 0) return all;
  }
}

std::string request(std::string_view method, const std::string& target, const std::string& fields) {
  return std::string(method) + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + token_field() +
         fields + "\r\n";
}

// A file cannot be spliced into a socket, only by way of a pipe; sendfile() has one inside, of 64
// KiB.
std::uint64_t send_file(int to, std::uint64_t bytes) {
  std::array<int, 2> between{};
  check(::pipe(between.data()), "pipe");
  check(::fcntl(between[1], F_SETPIPE_SZ, pipe_bytes), "F_SETPIPE_SZ");
  for (std::uint64_t left = bytes; left > 0;) {
    ssize_t moved =
        check(::splice(STDIN_FILENO, nullptr, between[1], nullptr, left, SPLICE_F_MOVE), "splice");
    if (moved == 0) fail("the input broke off");
    left -= static_cast<std::uint64_t>(moved);
    while (moved > 0)
      moved -= check(::splice(between[0], nullptr, to, nullptr, static_cast<std::size_t>(moved),
                              SPLICE_F_MOVE),
                     "splice");
  }
  return bytes;
}

// A chunk is what the pipe holds, as far as that is known without waiting.
std::uint64_t send_pipe(int to) {
  std::uint64_t all = 0;
  std::array<int, 2> between{};
  check(::pipe(between.data()), "pipe");
  check(::fcntl(between[1], F_SETPIPE_SZ, pipe_bytes), "F_SETPIPE_SZ");
  for (;;) {
    const ssize_t bytes = check(
        ::splice(STDIN_FILENO, nullptr, between[1], nullptr, pipe_bytes, SPLICE_F_MOVE), "splice");
    std::array<char, 24> head{};
    const char* end = std::to_chars(head.data(), head.data() + head.size(), bytes, 16).ptr;
    write_all(to, std::string(head.data(), static_cast<std::size_t>(end - head.data())) + "\r\n");
    for (ssize_t left = bytes; left > 0;)
      left -= check(::splice(between[0], nullptr, to, nullptr, static_cast<std::size_t>(left),
                             SPLICE_F_MOVE | SPLICE_F_MORE),
                    "splice");
    write_all(to, "\r\n");
    if (bytes == 0) return all;
    all += static_cast<std::uint64_t>(bytes);
  }
}

std::uint64_t put(int to, const std::string& target) {
  struct stat input{};
  check(::fstat(STDIN_FILENO, &input), "standard input");
  if (S_ISREG(input.st_mode)) {
    write_all(to,
              request("PUT", target, "Content-Length: " + std::to_string(input.st_size) + "\r\n"));
    return send_file(to, static_cast<std::uint64_t>(input.st_size));
  }
  write_all(to, request("PUT", target, "Transfer-Encoding: chunked\r\n"));
  return send_pipe(to);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: splice-client get|put WHERE TARGET\n";
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  const int server = connect_to(std::string(argv[2]));
  const bool puts = std::string_view(argv[1]) == "put";
  std::uint64_t bytes = 0;
  if (puts)
    bytes = put(server, argv[3]);
  else
    write_all(server, request("GET", argv[3], ""));
  Answer answer(server);
  const Head head = read_head(answer);
  if (head.status != 200) {
    std::cerr << head.status << " " << answer.text(head.bytes) << "\n";
    return 1;
  }
  if (!puts) bytes = head.is_chunked ? drop_chunks(answer) : head.bytes;
  std::cout << head.status << " " << bytes << "\n";
  return 0;
}
