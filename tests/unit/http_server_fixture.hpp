// A server in a thread of its own, and clients that speak raw bytes to it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/server.hpp"
#include "os/fd.hpp"

namespace zfsrest::http::test {

// Requests as bytes: `fields` are lines of their own, each with its end.
std::string get(std::string_view target, std::string_view fields = "");
std::string post(std::string_view fields, std::string_view body = "");

// How a connection looked to the client when it ended.
enum class Ended : std::uint8_t { open, by_end, by_reset, watchdog };

// One answer as it came: the status, the head as text, the body without chunk framing.
struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  bool is_whole = false;

  // The value of the field, empty if there is none.
  std::string field(std::string_view name) const;
};

// A blocking client. Every wait ends after a generous watchdog, which fails the test.
class Client {
 public:
  explicit Client(os::Fd socket);

  // Whether the server has let all of it in; it may have closed before.
  bool send(std::string_view bytes);
  void end_writing();
  void close() { socket_.close(); }
  int fd() const { return socket_.get(); }

  // The next answer; for an answer to HEAD, which has no body, `to_head`.
  enum class To : std::uint8_t { get, head };
  Answer read_answer(To to = To::get);

  // Exactly that many bytes, or fewer if the connection ends before.
  std::string read_bytes(std::size_t count);

  // All that comes until the connection ends.
  std::string read_rest();

  Ended ended() const { return ended_; }

 private:
  bool fill();
  std::string take(std::size_t count);
  std::string take_line();
  bool take_chunks(std::string& body);

  os::Fd socket_;
  std::string input_;
  Ended ended_ = Ended::open;
};

// Runs a server until the end of the test. What it answered is recorded as "METHOD target body".
class RunningServer {
 public:
  explicit RunningServer(Limits limits = {}, Hosts hosts = {}, Hooks hooks = {});
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  // From an address of loopback.
  Client connect_tcp(const std::string& from = "127.0.0.1");
  Client connect_unix(std::string handle = "handle-1");
  std::uint16_t port() const { return port_; }

  // Runs something on the server's thread, and waits for it.
  void on_server(const std::function<void(Server&)>& action);

  std::size_t connections();
  void wait_for_connections(std::size_t count);

  std::vector<std::string> executed() const;
  std::vector<std::string> closed_handles() const;
  void wait_for_closed(std::string_view handle);

 private:
  boost::asio::awaitable<Response> echo(Request request);
  Hooks complete(Hooks hooks);

  mutable std::mutex mutex_;
  std::vector<std::string> executed_;
  std::vector<std::string> closed_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::uint16_t port_ = 0;
  std::optional<Server> server_;
  std::thread thread_;
};

// Connects a socket that exists already.
void connect_loopback(int socket, std::uint16_t port);

// The hooks that most tests need to change: what `answer` does with each request.
Hooks answering(std::function<boost::asio::awaitable<Response>(Request)> answer);

}  // namespace zfsrest::http::test
