// Streamed bodies: where their data lies, how fast they go, and how they end.
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <mutex>

#include "http/body_flow.hpp"
#include "http/pace.hpp"
#include "http/stream_framing.hpp"
#include "http_server_fixture.hpp"

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using test::Answer;
using test::answering;
using test::Client;
using test::Ended;
using test::RunningServer;

// The data that a framing finds in bytes that arrive in pieces of one size.
struct Found {
  std::string data;
  bool is_done = false;
  bool is_refused = false;
};

Found find_data(const RequestHead& head, std::string_view bytes, std::size_t piece_bytes) {
  StreamFraming framing(head);
  Found found;
  std::string input;
  for (std::size_t at = 0;; at += piece_bytes) {
    for (;;) {
      const StreamFraming::Step step = framing.parse(input);
      input.erase(0, step.consumed_bytes);
      found.is_refused = step.refusal.has_value();
      found.is_done = step.done;
      if (found.is_refused || found.is_done) return found;
      const std::size_t data = std::min<std::uint64_t>(framing.data_left(), input.size());
      if (data == 0 && step.consumed_bytes == 0) break;
      found.data += input.substr(0, data);
      input.erase(0, data);
      framing.take(data);
    }
    if (at >= bytes.size()) return found;
    input += bytes.substr(at, piece_bytes);
  }
}

RequestHead chunked() {
  RequestHead head;
  head.chunked = true;
  return head;
}

TEST(StreamFraming, FindsTheDataOfChunksHoweverTheyArrive) {
  const std::string_view bytes = "5\r\nhello\r\n1;x=y\r\n \r\nA\r\n0123456789\r\n0\r\nT: t\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const Found found = find_data(chunked(), bytes, piece);
    EXPECT_EQ(found.data, "hello 0123456789") << piece;
    EXPECT_TRUE(found.is_done) << piece;
  }
}

TEST(StreamFraming, KnowsAPartFromTheWhole) {
  const std::string_view bytes = "5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n";
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(find_data(chunked(), bytes.substr(0, length), 7).is_done) << length;
  RequestHead head;
  head.content_length = 5;
  EXPECT_FALSE(find_data(head, "hell", 2).is_done);
  EXPECT_TRUE(find_data(head, "hello", 2).is_done);
  EXPECT_EQ(find_data(head, "hello, and the next request", 3).data, "hello");
}

TEST(StreamFraming, RefusesWhatCouldBeReadInTwoWays) {
  for (const char* bytes : {"5\r\nhelloX\r\n", "0x5\r\nhello", "5\nhello", "-5\r\n", "\r\n5\r\n",
                            "10000000000000000\r\n", "5\r\nhello\r\n0\r\n bad\r\n\r\n"})
    EXPECT_TRUE(find_data(chunked(), bytes, 1).is_refused) << bytes;
}

TEST(StreamFraming, RefusesFramingForItsOwnSake) {
  std::string bytes;
  for (int i = 0; i < 10'000; ++i) bytes += "1;" + std::string(100, 'x') + "\r\n \r\n";
  EXPECT_TRUE(find_data(chunked(), bytes, 1000).is_refused);
}

TEST(Pace, LetsThroughWhatTheRateAllows) {
  using Clock = Pace::Clock;
  Pace pace(1'000'000);
  Clock::time_point now = Clock::now();
  std::uint64_t passed = 0;
  const Clock::time_point begin = now;
  while (now - begin < std::chrono::seconds(10)) {
    now += std::chrono::milliseconds(20);
    const std::uint64_t bytes = pace.allowed(now);
    EXPECT_LE(bytes, 100'000U);
    pace.spend(bytes);
    passed += bytes;
  }
  EXPECT_GT(passed, 9'500'000U);
  EXPECT_LT(passed, 10'500'000U);
}

// What the server's side of an upload has taken from its pipe.
class Taking {
 public:
  Taking() : pipe_(os::make_pipe().value()) {
    // As in the gateway: a pipe that nobody reads is an error, and no end.
    std::signal(SIGPIPE, SIG_IGN);
  }

  Hooks hooks(std::uint64_t bytes_per_second = 0) {
    Hooks hooks = answering([this, bytes_per_second](Request) -> asio::awaitable<Response> {
      const std::lock_guard lock(mutex_);
      if (!pipe_.write_end) co_return Response{.status = 409, .body = "no more"};
      co_return Response{.body = FdSink{.sink = std::move(pipe_.write_end),
                                        .finished = [this]() -> asio::awaitable<Response> {
                                          co_return Response{.body = take_all()};
                                        },
                                        .bytes_per_second = bytes_per_second}};
    });
    hooks.streams = [](const RequestHead& head) { return head.method == "PUT"; };
    return hooks;
  }

  // The server learns that nobody takes what is uploaded.
  void decline() {
    const std::lock_guard lock(mutex_);
    pipe_.read_end.close();
  }
  void begin_again() {
    const std::lock_guard lock(mutex_);
    pipe_ = os::make_pipe().value();
  }

  // What is there, until the pipe's end.
  std::string take_all() {
    const std::lock_guard lock(mutex_);
    std::string all;
    std::array<char, 65536> buffer;
    if (!pipe_.read_end) return "closed";
    for (ssize_t got; (got = ::read(pipe_.read_end.get(), buffer.data(), buffer.size())) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(got));
    return all;
  }

 private:
  std::mutex mutex_;  // The test's thread closes what the server's looks at.
  os::Pipe pipe_;
};

std::string put(std::string_view fields, std::string_view body = "") {
  return "PUT /s HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}

TEST(HttpStreams, AnUploadGoesWhereTheAnswerSays) {
  Taking taking;
  RunningServer server({}, {}, taking.hooks());
  Client client = server.connect_tcp();
  client.send(put("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"));
  client.send("4\r\ndefg\r\n0\r\n\r\n");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "abcdefg");
  // The connection goes on, and the second is not wanted.
  client.send(put("Content-Length: 3\r\n", "xyz"));
  EXPECT_EQ(client.read_answer().status, 409);
  client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 409);
}

TEST(HttpStreams, AnUploadIsInvitedOnlyWhenItIsWanted) {
  Taking taking;
  RunningServer server({}, {}, taking.hooks());
  Client client = server.connect_unix();
  client.send(put("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_bytes(25), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_EQ(client.read_answer().body, "abc");
  client.send(put("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_answer().status, 409);
}

TEST(HttpStreams, AnUploadOfAnyLengthIsTaken) {
  Limits limits;
  limits.body_bytes = 10;
  Taking taking;
  RunningServer server(limits, {}, taking.hooks());
  Client client = server.connect_unix();
  const std::string body(50'000, 'x');
  client.send(put("Content-Length: 50000\r\n", body));
  EXPECT_EQ(client.read_answer().body, body);
}

TEST(HttpStreams, ABrokenUploadEndsThePipeAndIsNotAnswered) {
  Taking taking;
  RunningServer server({}, {}, taking.hooks());
  Client client = server.connect_unix();
  client.send(put("Content-Length: 10\r\n", "abc"));
  client.end_writing();
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_EQ(client.ended(), Ended::by_end);
  server.wait_for_connections(0);
}

TEST(HttpStreams, ABadFramingOfAnUploadIsRefused) {
  Taking taking;
  RunningServer server({}, {}, taking.hooks());
  Client client = server.connect_tcp();
  client.send(put("Transfer-Encoding: chunked\r\n", "3\r\nabcXX4\r\n"));
  EXPECT_EQ(client.read_answer().status, 400);
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpStreams, AnUploadThatStallsIsRefused) {
  Limits limits;
  limits.stream_stall = std::chrono::milliseconds(100);
  Taking taking;
  RunningServer server(limits, {}, taking.hooks());
  Client client = server.connect_tcp();
  client.send(put("Content-Length: 10\r\n", "abc"));
  EXPECT_EQ(client.read_answer().status, 408);
}

TEST(HttpStreams, AnUploadThatIsDeclinedOnTheWayIsAnswered) {
  Taking taking;
  RunningServer server({}, {}, taking.hooks());
  Client client = server.connect_tcp();
  client.send(put("Content-Length: 100000000\r\n", "abc"));
  taking.decline();
  const std::string more(100'000, 'x');
  while (client.send(more) && server.connections() > 0 && client.ended() == Ended::open) {
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "closed");
    EXPECT_EQ(answer.field("Connection"), "close");
    break;
  }
}

TEST(HttpStreams, AnUploadThatIsDeclinedWhileItWaitsIsAnswered) {
  Taking taking;
  RunningServer server({}, {}, taking.hooks());
  for (const char* beginning :
       {"Content-Length: 100000000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    Client client = server.connect_tcp();
    client.send(put(beginning));
    taking.decline();
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "closed");
    EXPECT_EQ(answer.field("Connection"), "close");
    taking.begin_again();
  }
}

// Takes what is in a pipe only when it is told to, and sees whether the pipe is still open then.
class Borrower : public Transport {
 public:
  explicit Borrower(asio::io_context& io) : go_(io, asio::steady_timer::time_point::max()) {}

  asio::awaitable<bool> wait_to_read() override { co_return true; }
  asio::awaitable<std::size_t> read_some(std::span<char>) override { co_return 0; }
  asio::awaitable<std::size_t> write_some(std::span<const std::string_view> pieces, More) override {
    co_return pieces.front().size();
  }
  asio::awaitable<std::size_t> write_from(int pipe, std::size_t) override {
    co_return co_await wait(pipe);
  }
  asio::awaitable<Moved> read_into(int pipe, std::size_t) override {
    co_return Moved{Moving::moved, co_await wait(pipe)};
  }
  void cancel() override { go_.cancel(); }
  void end_writing() override {}
  void reset() override {}
  void close() override {}

  std::optional<bool> was_open;

 private:
  asio::awaitable<std::size_t> wait(int pipe) {
    boost::system::error_code ignored;
    co_await go_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    was_open = ::fcntl(pipe, F_GETFD) >= 0;
    co_return 1;
  }

  asio::steady_timer go_;
};

TEST(BodyFlow, KeepsItsPipeWhileTheTransportHasIt) {
  for (const bool sends : {true, false}) {
    asio::io_context io;
    Borrower transport(io);
    os::Pipe pipe = os::make_pipe().value();
    EXPECT_EQ(::write(pipe.write_end.get(), "x", 1), 1);
    BodyFlow flow(io, transport, std::move(sends ? pipe.read_end : pipe.write_end),
                  {.bytes_per_second = 0, .stall = std::chrono::seconds(60)});
    RequestHead head;
    head.content_length = 1;
    StreamFraming framing(head);
    Input input(1024);
    bool has_ended = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          if (sends) {
            const bool is_sent = co_await flow.send();
            EXPECT_FALSE(is_sent);
          } else {
            const BodyFlow::Arrived arrived = co_await flow.receive(input, framing, {});
            EXPECT_EQ(arrived.how, BodyFlow::Arrival::broken_off);
          }
          has_ended = true;
        },
        asio::detached);
    while (io.poll_one() > 0) {
    }
    flow.close();
    EXPECT_FALSE(transport.was_open.has_value());
    transport.cancel();
    while (!has_ended && io.run_one_for(std::chrono::seconds(10)) > 0) {
    }
    EXPECT_TRUE(has_ended);
    EXPECT_EQ(transport.was_open, true);
  }
}

}  // namespace
}  // namespace zfsrest::http
