// What a client may cost: deadlines, caps, and a server without descriptors.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "http_server_fixture.hpp"

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using test::Answer;
using test::answering;
using test::Client;
using test::Ended;
using test::get;
using test::post;
using test::RunningServer;

// Expects one answer with that status, a close, and that no operation has run.
void expect_only(RunningServer& server, Client& client, int status) {
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, status);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_EQ(client.ended(), Ended::by_end);
  EXPECT_TRUE(server.executed().empty());
  client.close();
  server.wait_for_connections(0);
}

TEST(HttpLimits, EndsAHeaderThatDoesNotArriveInTime) {
  RunningServer server({.header_deadline = milliseconds(50)});
  Client client = server.connect_tcp();
  client.send("GET / HTTP/1.1\r\n");
  expect_only(server, client, 408);
}

TEST(HttpLimits, EndsAHeaderThatDripsInWithoutEnd) {
  RunningServer server({.header_deadline = milliseconds(100)});
  Client client = server.connect_tcp();
  std::thread dripping([&] {
    client.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 40; ++i) {
      client.send("X: a\r\n");
      std::this_thread::sleep_for(milliseconds(10));
    }
  });
  EXPECT_EQ(client.read_answer().status, 408);
  dripping.join();
  EXPECT_TRUE(server.executed().empty());
}

TEST(HttpLimits, EndsAConnectionThatNeverSpeaks) {
  RunningServer server({.header_deadline = milliseconds(50)});
  Client client = server.connect_tcp();
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_EQ(client.ended(), Ended::by_end);
  client.close();
  server.wait_for_connections(0);
}

TEST(HttpLimits, HoldsTheHeaderOfALaterRequestToTheSameDeadline) {
  RunningServer server({.header_deadline = milliseconds(200)});
  Client client = server.connect_tcp();
  client.send(get("/a") + "GET /b HT");
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpLimits, CountsThatDeadlineFromTheFirstByteAfterAPause) {
  RunningServer server({.header_deadline = milliseconds(100)});
  Client client = server.connect_tcp();
  client.send(get("/a"));
  EXPECT_EQ(client.read_answer().status, 200);
  client.send("GET /b HT");
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpLimits, EndsABodyThatArrivesTooSlowly) {
  RunningServer server({.body_grace = milliseconds(50), .body_bytes_per_second = 1000000});
  Client client = server.connect_tcp();
  client.send(post("Content-Length: 5\r\n", "hel"));
  expect_only(server, client, 408);
}

TEST(HttpLimits, GivesNoCreditForChunkFraming) {
  RunningServer server({.body_grace = milliseconds(100), .body_bytes_per_second = 1000000});
  Client client = server.connect_tcp();
  std::thread dripping([&] {
    client.send(post("Transfer-Encoding: chunked\r\n", "5;"));
    for (int i = 0; i < 40; ++i) {
      client.send("a");
      std::this_thread::sleep_for(milliseconds(10));
    }
  });
  EXPECT_EQ(client.read_answer().status, 408);
  dripping.join();
  EXPECT_TRUE(server.executed().empty());
}

TEST(HttpLimits, EndsABodyThatStops) {
  RunningServer server({.body_bytes_per_second = 1, .idle_timeout = milliseconds(50)});
  Client client = server.connect_tcp();
  client.send(post("Content-Length: 500\r\n", std::string(400, 'x')));
  expect_only(server, client, 408);
}

TEST(HttpLimits, EndsABodyThatBeginsFastAndThenDripsIn) {
  RunningServer server({.body_grace = milliseconds(100), .body_bytes_per_second = 1000});
  Client client = server.connect_tcp();
  client.send(post("Content-Length: 100000\r\n", std::string(50000, 'x')));
  std::thread dripping([&] {
    for (int i = 0; i < 40; ++i) {
      client.send("x");
      std::this_thread::sleep_for(milliseconds(10));
    }
  });
  EXPECT_EQ(client.read_answer().status, 408);
  dripping.join();
  EXPECT_TRUE(server.executed().empty());
}

TEST(HttpLimits, TakesABodyThatIsSlowButSteady) {
  RunningServer server({.body_grace = milliseconds(1000), .body_bytes_per_second = 1000});
  Client client = server.connect_tcp();
  client.send(post("Content-Length: 5000\r\n"));
  for (int i = 0; i < 10; ++i) {
    std::this_thread::sleep_for(milliseconds(150));
    client.send(std::string(500, 'x'));
  }
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(HttpLimits, RefusesABodyThatTheOthersLeaveNoRoomForBeforeItArrives) {
  RunningServer server({.body_bytes = 600, .bodies_bytes = 1000});
  const std::string announcement = post("Expect: 100-continue\r\nContent-Length: 600\r\n");
  Client first = server.connect_tcp();
  first.send(announcement);
  EXPECT_EQ(first.read_answer().status, 100);
  Client second = server.connect_tcp();
  second.send(announcement);
  EXPECT_EQ(second.read_answer().status, 503);
  EXPECT_EQ(second.read_rest(), "");
  Client in_chunks = server.connect_tcp();
  in_chunks.send(post("Transfer-Encoding: chunked\r\n", "1f4\r\n" + std::string(500, 'x')));
  EXPECT_EQ(in_chunks.read_answer().status, 503);
  Client local = server.connect_unix();
  local.send(announcement);
  EXPECT_EQ(local.read_answer().status, 100) << "the Unix socket has room of its own";
  first.send(std::string(600, 'x'));
  EXPECT_EQ(first.read_answer().status, 200);
  Client third = server.connect_tcp();
  third.send(announcement);
  EXPECT_EQ(third.read_answer().status, 100);
}

TEST(HttpLimits, TheRoomForBodiesIsFreeAgainHoweverTheyEnd) {
  RunningServer server({.body_bytes = 600, .bodies_bytes = 600, .body_grace = milliseconds(50)});
  const std::string announcement = post("Expect: 100-continue\r\nContent-Length: 600\r\n");
  for (int i = 0; i < 3; ++i) {
    Client slow = server.connect_tcp();
    slow.send(announcement);
    EXPECT_EQ(slow.read_answer().status, 100);
    EXPECT_EQ(slow.read_answer().status, 408);
    Client gone = server.connect_tcp();
    gone.send(announcement);
    EXPECT_EQ(gone.read_answer().status, 100);
    gone.close();
    slow.close();
    server.wait_for_connections(0);
  }
}

TEST(HttpLimits, OneBodyOfTheFullSizeAlwaysFits) {
  RunningServer server({.body_bytes = 600, .bodies_bytes = 10});
  Client client = server.connect_tcp();
  client.send(post("Content-Length: 600\r\n", std::string(600, 'x')));
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(HttpLimits, EndsAnIdleConnectionQuietly) {
  RunningServer server({.idle_timeout = milliseconds(50)});
  Client client = server.connect_tcp();
  client.send(get("/a"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_EQ(client.ended(), Ended::by_end);
  client.close();
  server.wait_for_connections(0);
}

TEST(HttpLimits, DoesNotCountTheTimeOfAnAnswerAsIdle) {
  RunningServer server({.header_deadline = milliseconds(300), .idle_timeout = milliseconds(300)},
                       {}, answering([](Request) -> asio::awaitable<Response> {
                         std::this_thread::sleep_for(milliseconds(600));
                         co_return Response{};
                       }));
  Client client = server.connect_tcp();
  client.send(get("/a") + get("/b"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(HttpLimits, ResetsAClientThatDoesNotTakeItsAnswer) {
  RunningServer server({.write_stall = milliseconds(100)}, {},
                       answering([](Request) -> asio::awaitable<Response> {
                         Response response;
                         response.body = std::string(64 << 20, 'x');
                         co_return response;
                       }));
  Client client = server.connect_tcp();
  client.send(get("/"));
  EXPECT_EQ(client.read_bytes(5), "HTTP/");
  server.wait_for_connections(0);
  EXPECT_LT(client.read_rest().size(), 64U << 20);
  EXPECT_EQ(client.ended(), Ended::by_reset);
}

TEST(HttpLimits, LetsASlowClientTakeALargeAnswer) {
  RunningServer server({.write_stall = milliseconds(2000)}, {},
                       answering([](Request) -> asio::awaitable<Response> {
                         Response response;
                         response.body = std::string(16 << 20, 'x');
                         co_return response;
                       }));
  Client client = server.connect_tcp();
  client.send(get("/"));
  for (int i = 0; i < 8; ++i) {
    client.read_bytes(1 << 20);
    std::this_thread::sleep_for(milliseconds(5));
  }
  client.end_writing();
  EXPECT_GT(client.read_rest().size(), 8U << 20);
  EXPECT_EQ(client.ended(), Ended::by_end);
}

TEST(HttpLimits, DoesNotWaitForAClientThatNeitherReadsNorCloses) {
  RunningServer server({.linger = milliseconds(50)});
  Client client = server.connect_tcp();
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 400);
  server.wait_for_connections(0);
}

TEST(HttpLimits, RefusesTooManyHeaderBytes) {
  RunningServer server({.header_bytes = 1000});
  Client client = server.connect_tcp();
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(2000, 'a'));
  expect_only(server, client, 431);
}

TEST(HttpLimits, RefusesAHeaderThatFillsTheWholeBuffer) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(100000, 'a'));
  expect_only(server, client, 431);
}

TEST(HttpLimits, RefusesTooManyFields) {
  RunningServer server;
  Client client = server.connect_tcp();
  std::string fields;
  for (int i = 0; i < 100; ++i) fields += "X: a\r\n";
  client.send(post(fields));
  expect_only(server, client, 431);
}

TEST(HttpLimits, RefusesATargetThatIsTooLong) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(get("/" + std::string(8192, 'a')));
  expect_only(server, client, 414);
}

TEST(HttpLimits, RefusesABodyThatIsTooLongBeforeItArrives) {
  RunningServer server({.body_bytes = 1000});
  Client client = server.connect_tcp();
  client.send(post("Expect: 100-continue\r\nContent-Length: 1001\r\n"));
  expect_only(server, client, 413);
}

TEST(HttpLimits, LetsAClientReadTheRefusalOfABodyThatItIsStillSending) {
  RunningServer server;
  Client client = server.connect_tcp();
  EXPECT_TRUE(client.send(post("Content-Length: 30000000\r\n")));
  const std::string piece(1000000, 'x');
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(client.send(piece));
  client.end_writing();
  expect_only(server, client, 413);
}

TEST(HttpLimits, RefusesChunksThatExceedTheBody) {
  RunningServer server({.body_bytes = 1000});
  Client client = server.connect_tcp();
  std::string chunks;
  for (int i = 0; i < 11; ++i) chunks += "64\r\n" + std::string(100, 'x') + "\r\n";
  client.send(post("Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n"));
  expect_only(server, client, 413);
}

// A client whose request the server has begun to read, so that its connection is not idle.
Client begin_request(Client client) {
  client.send(post("Expect: 100-continue\r\nContent-Length: 4\r\n"));
  EXPECT_EQ(client.read_answer().status, 100);
  return client;
}

// Sends the rest of that request.
int end_request(Client& client) {
  client.send("body");
  return client.read_answer().status;
}

TEST(HttpLimits, TurnsAwayConnectionsBeyondTheCapAndServesAgainBelowIt) {
  RunningServer server({.connections = 2});
  Client first = begin_request(server.connect_tcp());
  Client second = begin_request(server.connect_tcp());
  Client third = server.connect_tcp();
  EXPECT_EQ(third.read_answer().status, 503);
  EXPECT_EQ(third.read_rest(), "");
  EXPECT_EQ(end_request(first), 200);
  second.close();
  server.wait_for_connections(1);
  Client fourth = server.connect_tcp();
  fourth.send(get("/b"));
  EXPECT_EQ(fourth.read_answer().status, 200);
}

TEST(HttpLimits, ClosesTheLongestIdleConnectionForANewOne) {
  RunningServer server({.connections = 3});
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(server.connect_tcp());
    clients.back().send(get("/a"));
    EXPECT_EQ(clients.back().read_answer().status, 200);
  }
  // Now the second has been idle longest.
  clients[0].send(get("/again"));
  EXPECT_EQ(clients[0].read_answer().status, 200);
  Client late = server.connect_tcp();
  late.send(get("/late"));
  EXPECT_EQ(late.read_answer().status, 200);
  EXPECT_EQ(clients[1].read_rest(), "");
  EXPECT_EQ(clients[1].ended(), Ended::by_end);
  for (const int i : {0, 2}) {
    clients[i].send(get("/still"));
    EXPECT_EQ(clients[i].read_answer().status, 200);
  }
  EXPECT_EQ(server.connections(), 3U);
}

TEST(HttpLimits, ConnectionsThatNeverSpeakKeepNobodyOut) {
  RunningServer server({.connections = 4});
  std::vector<Client> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(server.connect_tcp());
    Client client = server.connect_tcp();
    client.send(get("/a"));
    EXPECT_EQ(client.read_answer().status, 200);
  }
}

TEST(HttpLimits, CountsAllOfLoopbackAsOnePeer) {
  RunningServer server({.connections_per_peer = 2});
  Client first = begin_request(server.connect_tcp("127.0.0.2"));
  Client second = begin_request(server.connect_tcp("127.0.0.3"));
  Client third = server.connect_tcp("127.0.0.4");
  EXPECT_EQ(third.read_answer().status, 503);
  Client local = server.connect_unix();
  local.send(get("/a"));
  EXPECT_EQ(local.read_answer().status, 200);
}

TEST(HttpLimits, UnixConnectionsHavePlacesOfTheirOwn) {
  RunningServer server({.connections = 1, .unix_connections = 2});
  Client tcp = begin_request(server.connect_tcp());
  Client first = begin_request(server.connect_unix("h-1"));
  Client second = begin_request(server.connect_unix("h-2"));
  Client third = server.connect_unix("h-3");
  EXPECT_EQ(third.read_answer().status, 503);
  third.close();
  server.wait_for_closed("h-3");
  EXPECT_EQ(end_request(tcp), 200);
  EXPECT_EQ(end_request(first), 200);
  // The first is idle as soon as the server has come back from its answer; then it is closed for
  // another, and its handle is told.
  int status = 0;
  for (int i = 0; i < 1000 && status != 200; ++i) {
    Client another = server.connect_unix("another");
    another.send(get("/a"));
    status = another.read_answer().status;
  }
  EXPECT_EQ(status, 200);
  server.wait_for_closed("h-1");
  EXPECT_EQ(end_request(second), 200) << "what is not idle is left alone";
}

TEST(HttpLimits, SurvivesAFloodBeyondTheCap) {
  RunningServer server({.linger = milliseconds(50), .connections = 4});
  for (int i = 0; i < 200; ++i) server.connect_tcp();
  int status = 0;
  const auto watchdog = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (status != 200 && std::chrono::steady_clock::now() < watchdog) {
    Client client = server.connect_tcp();
    client.send(get("/a"));
    status = client.read_answer().status;
  }
  EXPECT_EQ(status, 200) << "once the flood has been accepted and has gone";
}

// Takes every descriptor that the process may still have.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{.rlim_cur = std::min<rlim_t>(before_.rlim_cur, 256),
                     .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = ::open("/dev/null", O_RDONLY); fd >= 0; fd = ::dup(fd)) taken_.emplace_back(fd);
    EXPECT_EQ(errno, EMFILE);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
  std::vector<os::Fd> taken_;
};

TEST(HttpLimits, AnswersWithoutADescriptorToSpareAndRecovers) {
  RunningServer server;
  Client served = server.connect_tcp();
  server.wait_for_connections(1);
  std::vector<Client> clients;
  clients.reserve(3);
  for (int i = 0; i < 3; ++i)
    clients.emplace_back(os::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  {
    const NoDescriptors none;
    for (Client& client : clients) {
      test::connect_loopback(client.fd(), server.port());
      EXPECT_EQ(client.read_answer().status, 503);
      EXPECT_EQ(client.read_rest(), "");
    }
    served.send(get("/a"));
    EXPECT_EQ(served.read_answer().status, 200);
  }
  Client client = server.connect_tcp();
  client.send(get("/b"));
  EXPECT_EQ(client.read_answer().status, 200);
}

}  // namespace
}  // namespace zfsrest::http
