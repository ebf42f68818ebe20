// A client that costs as little as one can: one thread, connections that are kept, and on each a
// request as soon as the answer before is whole.
//
//   http-load WHERE METHOD TARGET CONNECTIONS REQUESTS [BODY]
//
// WHERE is the path of a Unix socket or a port of 127.0.0.1; the file ZFSREST_TOKEN names has the
// token for the latter. `#` in TARGET and BODY becomes the number of the request. Prints requests a
// second, the median and the 99th percentile of the latency in microseconds, and how many were not
// answered with 2xx.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"

namespace {

using Clock = std::chrono::steady_clock;

std::string numbered(std::string text, std::size_t number) {
  for (std::size_t at; (at = text.find('#')) != text.npos;)
    text.replace(at, 1, std::to_string(number));
  return text;
}

// How long the answer is that begins the text; 0 while that is not known. Answers have a length.
std::size_t length_of(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == text.npos) return 0;
  constexpr std::string_view field = "Content-Length: ";
  const std::size_t at = text.substr(0, head).find(field);
  std::size_t body = 0;
  if (at != text.npos) std::from_chars(text.data() + at + field.size(), text.data() + head, body);
  return head + 4 + body;
}

struct Connection {
  int fd = -1;
  std::string input{};
  Clock::time_point begun{};
};

struct Load {
  std::string where;
  std::string method;
  std::string target;
  std::size_t requests;
  std::string body;
  std::string fields;
  std::size_t begun = 0;
  std::size_t refused = 0;
  std::vector<double> times{};

  void send_next(Connection& connection) {
    const std::string content = numbered(body, begun);
    const std::string request =
        method + " " + numbered(target, begun) + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
        (content.empty() ? ""
                         : "Content-Type: application/json\r\nContent-Length: " +
                               std::to_string(content.size()) + "\r\n") +
        "\r\n" + content;
    ++begun;
    connection.input.clear();
    connection.begun = Clock::now();
    if (::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
      fail("send");
  }

  // Takes what has come; whether the answer is whole.
  bool take(Connection& connection) {
    static std::array<char, 65536> buffer;
    const ssize_t count = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (count <= 0) fail("the connection has ended");
    connection.input.append(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t length = length_of(connection.input);
    if (length == 0 || connection.input.size() < length) return false;
    times.push_back(
        std::chrono::duration<double, std::micro>(Clock::now() - connection.begun).count());
    if (!connection.input.starts_with("HTTP/1.1 2")) ++refused;
    return true;
  }

  void run(std::size_t count) {
    std::vector<Connection> connections(std::min(count, requests));
    const int waiting = ::epoll_create1(EPOLL_CLOEXEC);
    for (Connection& connection : connections) {
      connection.fd = connect_to(where);
      // A Unix socket has no such option.
      const int on = 1;
      ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
      ::epoll_ctl(waiting, EPOLL_CTL_ADD, connection.fd, &event);
    }
    for (Connection& connection : connections) send_next(connection);
    std::array<epoll_event, 64> events;
    while (times.size() < requests) {
      const int ready = ::epoll_wait(waiting, events.data(), events.size(), 60'000);
      if (ready <= 0) fail("nothing is answered");
      for (int i = 0; i < ready; ++i) {
        auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (take(connection) && begun < requests) send_next(connection);
      }
    }
  }
};

double percentile(std::vector<double>& times, double part) {
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(times.size() - 1));
  std::ranges::nth_element(times, times.begin() + at);
  return times[static_cast<std::size_t>(at)];
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.size() < 5) {
    std::fprintf(stderr, "http-load: see the top of its source\n");
    return 2;
  }
  Load load{.where = arguments[0],
            .method = arguments[1],
            .target = arguments[2],
            .requests = std::stoul(arguments[4]),
            .body = arguments.size() > 5 ? arguments[5] : "",
            .fields = arguments[0].starts_with('/') ? "" : token_field()};
  const auto begun = Clock::now();
  load.run(std::stoul(arguments[3]));
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::printf("%.0f %.1f %.1f %zu\n", static_cast<double>(load.requests) / seconds,
              percentile(load.times, 0.5), percentile(load.times, 0.99), load.refused);
  return 0;
}
