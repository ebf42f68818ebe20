// The server in a thread and the raw clients of http_server_fixture.hpp.
#include "http_server_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <future>

#include "http/ascii.hpp"

namespace zfsrest::http::test {
namespace {

constexpr std::chrono::seconds watchdog(30);

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void wait_until(const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + watchdog;
  while (!is_so()) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "the watchdog has bitten";
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

std::string get(std::string_view target, std::string_view fields) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) +
         "\r\n";
}

std::string post(std::string_view fields, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}

std::string Answer::field(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name))
      return std::string(trim_blanks(line.substr(colon + 1)));
    rest.remove_prefix(end + 2);
  }
  return {};
}

Client::Client(os::Fd socket) : socket_(std::move(socket)) {}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::end_writing() {
  ::shutdown(socket_.get(), SHUT_WR);
}

bool Client::fill() {
  if (ended_ != Ended::open) return false;
  pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, std::chrono::milliseconds(watchdog).count()) == 0) {
    ended_ = Ended::watchdog;
    ADD_FAILURE() << "the watchdog has bitten";
    return false;
  }
  std::string piece(std::size_t{64} * 1024, '\0');
  const ssize_t got = ::recv(socket_.get(), piece.data(), piece.size(), 0);
  if (got > 0) {
    input_.append(piece, 0, static_cast<std::size_t>(got));
    return true;
  }
  ended_ = got == 0 ? Ended::by_end : Ended::by_reset;
  return false;
}

std::string Client::take(std::size_t count) {
  std::string taken = input_.substr(0, count);
  input_.erase(0, count);
  return taken;
}

std::string Client::read_bytes(std::size_t count) {
  while (input_.size() < count && fill()) {
  }
  return take(std::min(count, input_.size()));
}

std::string Client::read_rest() {
  while (fill()) {
  }
  return take(input_.size());
}

std::string Client::take_line() {
  while (input_.find("\r\n") == std::string::npos && fill()) {
  }
  const std::size_t end = input_.find("\r\n");
  return end == std::string::npos ? std::string() : take(end + 2);
}

bool Client::take_chunks(std::string& body) {
  for (;;) {
    const std::string line = take_line();
    std::size_t size = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), size, 16).ec != std::errc{})
      return false;
    const std::string data = read_bytes(size + 2);
    body += data.substr(0, size);
    if (data.size() != size + 2) return false;
    if (size == 0) return data == "\r\n";
  }
}

Answer Client::read_answer(To to) {
  Answer answer;
  while (input_.find("\r\n\r\n") == std::string::npos && fill()) {
  }
  const std::size_t end = input_.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  answer.head = take(end + 4);
  std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
  const std::string length = answer.field("Content-Length");
  if (to == To::head || answer.status < 200 || answer.status == 204 || answer.status == 304) {
    answer.is_whole = true;
  } else if (answer.field("Transfer-Encoding") == "chunked") {
    answer.is_whole = take_chunks(answer.body);
  } else if (!length.empty()) {
    const std::size_t size = std::stoul(length);
    answer.body = read_bytes(size);
    answer.is_whole = answer.body.size() == size;
  } else {
    answer.body = read_rest();
    answer.is_whole = ended_ == Ended::by_end;
  }
  return answer;
}

RunningServer::RunningServer(Limits limits, Hosts hosts, Hooks hooks)
    : work_(boost::asio::make_work_guard(io_)) {
  server_.emplace(io_, limits, std::move(hosts), complete(std::move(hooks)));

  os::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listener.get(), 512), 0);
  EXPECT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  server_->listen(std::move(listener));
  thread_ = std::thread([this] { io_.run(); });
}

RunningServer::~RunningServer() {
  on_server([this](Server&) { server_.reset(); });
  work_.reset();
  thread_.join();
}

Hooks RunningServer::complete(Hooks hooks) {
  auto given = std::move(hooks.answer);
  hooks.answer = [this, given](Request request) {
    {
      const std::lock_guard lock(mutex_);
      executed_.push_back(request.head.method + " " + request.head.target + " " +
                          std::string(request.body));
    }
    return given ? given(std::move(request)) : echo(std::move(request));
  };
  hooks.closed = [this](const std::string& handle) {
    const std::lock_guard lock(mutex_);
    closed_.push_back(handle);
  };
  return hooks;
}

boost::asio::awaitable<Response> RunningServer::echo(Request request) {
  Response response;
  response.body = request.head.target + " " + std::string(request.body);
  co_return response;
}

void connect_loopback(int socket, std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

Client RunningServer::connect_tcp(const std::string& from) {
  os::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in source = loopback(0);
  EXPECT_EQ(::inet_pton(AF_INET, from.c_str(), &source.sin_addr), 1);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&source), sizeof source), 0);
  connect_loopback(socket.get(), port_);
  return Client(std::move(socket));
}

Client RunningServer::connect_unix(std::string handle) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  on_server([&](Server& server) {
    server.serve(os::Fd(ends[0]), Origin{.kind = Origin::Kind::unix_socket, .handle = handle});
  });
  return Client(os::Fd(ends[1]));
}

void RunningServer::on_server(const std::function<void(Server&)>& action) {
  std::promise<void> done;
  boost::asio::post(io_, [&] {
    action(*server_);
    done.set_value();
  });
  done.get_future().wait();
}

std::size_t RunningServer::connections() {
  std::size_t count = 0;
  on_server([&](Server& server) { count = server.connections(); });
  return count;
}

void RunningServer::wait_for_connections(std::size_t count) {
  wait_until([&] { return connections() == count; });
}

std::vector<std::string> RunningServer::executed() const {
  const std::lock_guard lock(mutex_);
  return executed_;
}

std::vector<std::string> RunningServer::closed_handles() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void RunningServer::wait_for_closed(std::string_view handle) {
  wait_until([&] {
    const std::vector<std::string> handles = closed_handles();
    return std::find(handles.begin(), handles.end(), handle) != handles.end();
  });
}

Hooks answering(std::function<boost::asio::awaitable<Response>(Request)> answer) {
  Hooks hooks;
  hooks.answer = std::move(answer);
  return hooks;
}

}  // namespace zfsrest::http::test
