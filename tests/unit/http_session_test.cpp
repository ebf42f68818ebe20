// What a session does with requests that are right: order, keep-alive, 100-continue, HEAD, streams,
// hosts.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "http_server_fixture.hpp"

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using test::Answer;
using test::answering;
using test::Client;
using test::Ended;
using test::get;
using test::post;
using test::RunningServer;

asio::awaitable<void> sleep_for(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

// The first response has a body that comes from a pipe; the test writes to the other end.
struct Stream {
  os::Fd write_end;
  Hooks hooks;
};

Stream make_stream(bool succeeds) {
  os::Pipe pipe = os::make_pipe().value();
  auto read_end = std::make_shared<os::Fd>(std::move(pipe.read_end));
  Hooks hooks = answering([read_end, succeeds](Request) -> asio::awaitable<Response> {
    if (!*read_end) co_return Response{};
    FdBody body;
    body.source = std::move(*read_end);
    body.succeeded = [succeeds]() -> asio::awaitable<bool> { co_return succeeds; };
    Response response;
    response.body = std::move(body);
    co_return response;
  });
  return {.write_end = std::move(pipe.write_end), .hooks = std::move(hooks)};
}

TEST(HttpSession, KeepsTheConnectionForTheNextRequest) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(get("/a"));
  const Answer first = client.read_answer();
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "/a ");
  EXPECT_EQ(first.field("Connection"), "");
  EXPECT_EQ(first.field("X-Content-Type-Options"), "nosniff");
  EXPECT_NE(first.field("Date"), "");
  client.send(get("/b"));
  EXPECT_EQ(client.read_answer().body, "/b ");
  EXPECT_EQ(server.connections(), 1U);
}

TEST(HttpSession, ClosesWhenTheClientAsksForIt) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(get("/a", "Connection: close\r\n") + get("/b"));
  EXPECT_EQ(client.read_answer().field("Connection"), "close");
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_EQ(server.executed().size(), 1U);
}

TEST(HttpSession, ClosesWhenTheResponseSaysSo) {
  RunningServer server({}, {}, answering([](Request) -> asio::awaitable<Response> {
                         co_return Response{.status = 204, .close = true};
                       }));
  Client client = server.connect_tcp();
  client.send(get("/a"));
  EXPECT_EQ(client.read_answer().status, 204);
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpSession, AnswersPipelinedRequestsInTheirOrder) {
  RunningServer server({}, {}, answering([](Request request) -> asio::awaitable<Response> {
                         if (request.head.target == "/slow")
                           co_await sleep_for(std::chrono::milliseconds(30));
                         Response response;
                         response.body = request.head.target;
                         co_return response;
                       }));
  Client client = server.connect_tcp();
  client.send(get("/slow") + get("/b") + get("/slow") + get("/d"));
  EXPECT_EQ(client.read_answer().body, "/slow");
  EXPECT_EQ(client.read_answer().body, "/b");
  EXPECT_EQ(client.read_answer().body, "/slow");
  EXPECT_EQ(client.read_answer().body, "/d");
}

TEST(HttpSession, AnswersManyPipelinedRequestsThatExceedItsBuffer) {
  RunningServer server;
  Client client = server.connect_tcp();
  std::thread sender([&] {
    std::string all;
    for (int i = 0; i < 5000; ++i) all += get("/" + std::to_string(i));
    client.send(all);
  });
  for (int i = 0; i < 5000; ++i)
    ASSERT_EQ(client.read_answer().body, "/" + std::to_string(i) + " ");
  sender.join();
}

TEST(HttpSession, TakesARequestByteByByte) {
  RunningServer server;
  Client client = server.connect_tcp();
  const std::string request =
      post("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\nX: a\r\n\r\n");
  for (const char c : request) client.send({&c, 1});
  EXPECT_EQ(client.read_answer().body, "/ hello");
  const std::string empty = post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n");
  for (const char c : empty) {
    client.send({&c, 1});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(client.read_answer().body, "/ ");
}

TEST(HttpSession, TakesAChunkedUpload) {
  RunningServer server;
  Client client = server.connect_tcp();
  std::string body;
  for (int i = 0; i < 100; ++i) body += "1000\r\n" + std::string(4096, 'x') + "\r\n";
  client.send(post("Transfer-Encoding: chunked\r\n", body + "0\r\n\r\n") + get("/next"));
  EXPECT_EQ(client.read_answer().body, "/ " + std::string(409600, 'x'));
  EXPECT_EQ(client.read_answer().body, "/next ");
}

TEST(HttpSession, AnswersHeadWithTheLengthOfGetAndNoBody) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send("HEAD /abc HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/b"));
  const Answer head = client.read_answer(Client::To::head);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "5");
  EXPECT_EQ(client.read_answer().body, "/b ");
}

TEST(HttpSession, AnswersHeadOfAStreamWithoutReadingIt) {
  Stream stream = make_stream(true);
  RunningServer server({}, {}, std::move(stream.hooks));
  Client client = server.connect_tcp();
  client.send("HEAD /abc HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.read_answer(Client::To::head).field("Transfer-Encoding"), "chunked");
  client.send("HEAD /abc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_answer(Client::To::head).status, 200);
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpSession, SaysContinueOnceTheHeadIsAgreedTo) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(post("Expect: 100-Continue\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(client.read_bytes(25), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello" + get("/b"));
  EXPECT_EQ(client.read_answer().body, "/ hello");
  EXPECT_EQ(client.read_answer().body, "/b ");
}

TEST(HttpSession, SaysNoContinueOnceTheBodyHasBegun) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(post("Expect: 100-continue\r\nContent-Length: 5\r\n", "hel"));
  client.send("lo");
  EXPECT_EQ(client.read_answer().body, "/ hello");
}

TEST(HttpSession, SaysNoContinueToHttp10OrWithoutABody) {
  RunningServer server;
  Client old = server.connect_tcp();
  old.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  Client without_body = server.connect_tcp();
  without_body.send(get("/", "Expect: 100-continue\r\n"));
  EXPECT_EQ(without_body.read_answer().status, 200);
  old.send("hello");
  EXPECT_EQ(old.read_answer().body, "/ hello");
}

TEST(HttpSession, RefusesOtherExpectations) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(post("Expect: wonders\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(client.read_answer().status, 417);
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_TRUE(server.executed().empty());
}

Hooks refusing_heads() {
  Hooks hooks;
  hooks.check_head = [](const RequestHead& head, const Origin&) -> std::optional<Response> {
    if (head.target == "/") return Response{.status = 404};
    return std::nullopt;
  };
  return hooks;
}

TEST(HttpSession, AnswersInsteadOfContinueWhenTheHeadIsRefused) {
  RunningServer server({}, {}, refusing_heads());
  Client client = server.connect_tcp();
  client.send(post("Expect: 100-continue\r\nContent-Length: 5\r\n"));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_TRUE(server.executed().empty());
}

TEST(HttpSession, DropsASmallBodyOfARefusedHeadAndGoesOn) {
  RunningServer server({}, {}, refusing_heads());
  Client client = server.connect_tcp();
  client.send(post("Content-Length: 40\r\n", get("/smuggled").substr(0, 40)) + get("/next"));
  EXPECT_EQ(client.read_answer().status, 404);
  EXPECT_EQ(client.read_answer().body, "/next ");
  EXPECT_EQ(server.executed(), (std::vector<std::string>{"GET /next "}));
}

TEST(HttpSession, ClosesAfterARefusedHeadWithALargeOrChunkedBody) {
  RunningServer server({}, {}, refusing_heads());
  Client large = server.connect_tcp();
  large.send(post("Content-Length: 100000\r\n", std::string(100000, 'x')) + get("/next"));
  EXPECT_EQ(large.read_answer().field("Connection"), "close");
  EXPECT_EQ(large.read_rest(), "");
  Client chunked = server.connect_tcp();
  chunked.send(post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n") + get("/next"));
  EXPECT_EQ(chunked.read_answer().field("Connection"), "close");
  EXPECT_EQ(chunked.read_rest(), "");
  EXPECT_TRUE(server.executed().empty());
}

TEST(HttpSession, EndsAStreamWithTheLastChunkOnSuccess) {
  Stream stream = make_stream(true);
  RunningServer server({}, {}, std::move(stream.hooks));
  Client client = server.connect_tcp();
  client.send(get("/"));
  const std::string data(300000, 's');
  std::thread writer([&] {
    EXPECT_TRUE(os::write_all(stream.write_end.get(), data).ok());
    stream.write_end.close();
  });
  const Answer answer = client.read_answer();
  writer.join();
  EXPECT_TRUE(answer.is_whole);
  EXPECT_EQ(answer.body, data);
  client.send(get("/next"));
  EXPECT_EQ(client.read_answer().status, 200) << "the connection goes on";
}

TEST(HttpSession, ResetsTheConnectionWhenAStreamFails) {
  Stream stream = make_stream(false);
  RunningServer server({}, {}, std::move(stream.hooks));
  Client client = server.connect_tcp();
  client.send(get("/"));
  EXPECT_TRUE(os::write_all(stream.write_end.get(), "part").ok());
  EXPECT_EQ(client.read_bytes(5), "HTTP/");
  stream.write_end.close();
  const std::string rest = client.read_rest();
  EXPECT_EQ(client.ended(), Ended::by_reset);
  EXPECT_EQ(rest.find("0\r\n\r\n"), std::string::npos);
}

TEST(HttpSession, NeverEndsAFailedStreamWithTheLastChunkOnAUnixSocket) {
  Stream stream = make_stream(false);
  RunningServer server({}, {}, std::move(stream.hooks));
  Client client = server.connect_unix();
  client.send(get("/"));
  EXPECT_TRUE(os::write_all(stream.write_end.get(), "part").ok());
  stream.write_end.close();
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "part");
  EXPECT_FALSE(answer.is_whole);
}

// It reads until the end, and could not tell that of a whole stream from that of the server.
TEST(HttpSession, RefusesToStreamToHttp10) {
  for (const bool is_tcp : {true, false}) {
    Stream stream = make_stream(true);
    std::atomic<bool> is_abandoned = false;
    Hooks hooks =
        answering([&, answer = stream.hooks.answer](Request request) -> asio::awaitable<Response> {
          Response response = co_await answer(std::move(request));
          std::get<FdBody>(response.body).abandoned = [&] { is_abandoned = true; };
          co_return response;
        });
    RunningServer server({}, {}, std::move(hooks));
    Client client = is_tcp ? server.connect_tcp() : server.connect_unix();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 406);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_EQ(client.read_rest(), "");
    EXPECT_TRUE(is_abandoned);
  }
}

TEST(HttpSession, ClosesTheSourceWhenTheClientLeavesAStream) {
  Stream stream = make_stream(true);
  RunningServer server({}, {}, std::move(stream.hooks));
  Client client = server.connect_tcp();
  client.send(get("/"));
  EXPECT_TRUE(os::write_all(stream.write_end.get(), "part").ok());
  EXPECT_EQ(client.read_bytes(5), "HTTP/");
  client.close();
  std::signal(SIGPIPE, SIG_IGN);
  const std::string piece(100000, 's');
  while (os::write_all(stream.write_end.get(), piece).ok()) {
  }
  server.wait_for_connections(0);
}

TEST(HttpSession, AnswersHttp10AndCloses) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send("GET /a HTTP/1.0\r\n\r\n");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.body, "/a ");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpSession, KeepsAnHttp10ConnectionThatAsksForIt) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.read_answer().field("Connection"), "keep-alive");
  client.send("GET /b HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "/b ");
}

TEST(HttpSession, FinishesAnOperationWhoseClientHasGone) {
  auto done = std::make_shared<std::atomic<bool>>(false);
  RunningServer server({}, {}, answering([done](Request) -> asio::awaitable<Response> {
                         co_await sleep_for(std::chrono::milliseconds(50));
                         *done = true;
                         co_return Response{};
                       }));
  Client client = server.connect_tcp();
  client.send(get("/"));
  while (server.executed().empty()) std::this_thread::yield();
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  client.close();
  server.wait_for_connections(0);
  EXPECT_TRUE(*done);
}

// Answers when it is told to hurry, which has no other effect on it.
Hooks waiting() {
  Hooks hooks = answering([](Request request) -> asio::awaitable<Response> {
    Response response;
    response.body = request.head.target;
    if (request.head.target != "/wait") co_return response;
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    request.hurry->when_said([&] { timer.expires_after(std::chrono::milliseconds(0)); });
    boost::system::error_code ec;
    while (!request.hurry->is_said())
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    co_return response;
  });
  hooks.waits = [](const RequestHead&) { return true; };
  return hooks;
}

TEST(HttpSession, HurriesTheAnswerOfOneThatWaitsWhenItsClientHasGone) {
  RunningServer server({}, {}, waiting());
  for (const bool is_reset : {false, true}) {
    std::vector<Client> clients;
    for (int i = 0; i < 20; ++i) {
      clients.push_back(i % 2 == 0 ? server.connect_tcp() : server.connect_unix());
      clients.back().send(get("/wait"));
    }
    server.wait_for_connections(20);
    const linger hard{.l_onoff = 1, .l_linger = 0};
    if (is_reset)
      for (const Client& client : clients)
        ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    clients.clear();
    server.wait_for_connections(0);
  }
}

TEST(HttpSession, HurriesTheAnswerOfOneThatEndsItsOwnSideWhileItWaits) {
  RunningServer server({}, {}, waiting());
  Client tcp = server.connect_tcp();
  Client local = server.connect_unix();
  for (Client* client : {&tcp, &local}) {
    client->send(get("/wait") + get("/next"));
    client->end_writing();
    EXPECT_EQ(client->read_answer().body, "/wait");
    EXPECT_EQ(client->read_answer().body, "/next");
    EXPECT_EQ(client->read_rest(), "");
  }
  server.wait_for_connections(0);
}

TEST(HttpSession, GivesUpAnAnswerForTheClientAloneOnceItHasGone) {
  Hooks hooks = waiting();
  hooks.waits = nullptr;
  hooks.is_for_the_client_alone = [](const RequestHead&) { return true; };
  RunningServer server({.leave_grace = std::chrono::milliseconds(20)}, {}, std::move(hooks));
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(i % 2 == 0 ? server.connect_tcp() : server.connect_unix());
    clients.back().send(get("/wait"));
  }
  server.wait_for_connections(20);
  clients.clear();
  server.wait_for_connections(0);
}

TEST(HttpSession, GivesAnAnswerForTheClientAloneToOneThatEndsItsOwnSide) {
  Hooks hooks = waiting();
  hooks.waits = nullptr;
  hooks.is_for_the_client_alone = [](const RequestHead&) { return true; };
  RunningServer server({}, {}, std::move(hooks));
  Client client = server.connect_tcp();
  client.send(get("/at-once"));
  client.end_writing();
  EXPECT_EQ(client.read_answer().body, "/at-once");
  EXPECT_EQ(client.read_rest(), "");
}

TEST(HttpSession, LosesNothingThatArrivesWhileAClientWaits) {
  RunningServer server({}, {}, waiting());
  Client client = server.connect_tcp();
  for (int i = 0; i < 200; ++i) {
    const std::string target = "/" + std::to_string(i);
    client.send(get(target));
    client.send(get("/next"));
    ASSERT_EQ(client.read_answer().body, target);
    ASSERT_EQ(client.read_answer().body, "/next");
  }
}

TEST(HttpSession, HurriesTheAnswerOfOneThatSendsMoreThanThereIsRoomFor) {
  RunningServer server({}, {}, waiting());
  Client client = server.connect_tcp();
  std::string more;
  for (int i = 0; i < 2000; ++i) more += get("/next");
  client.send(get("/wait") + more);
  EXPECT_EQ(client.read_answer().body, "/wait");
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(client.read_answer().body, "/next");
}

TEST(HttpSession, LetsHalfOfTheConnectionsWait) {
  RunningServer server({.connections = 4, .unix_connections = 2}, {}, waiting());
  std::vector<Client> clients;
  for (int i = 0; i < 2; ++i) clients.push_back(server.connect_tcp());
  clients.push_back(server.connect_unix());
  for (Client& client : clients) client.send(get("/wait"));
  while (server.executed().size() < 3) std::this_thread::yield();
  Client tcp = server.connect_tcp();
  Client local = server.connect_unix();
  for (Client* client : {&tcp, &local}) {
    client->send(get("/wait"));
    EXPECT_EQ(client->read_answer().body, "/wait") << "it is answered at once";
  }
}

TEST(HttpSession, AnswersAClientThatHasEndedItsOwnSide) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(get("/a"));
  client.end_writing();
  EXPECT_EQ(client.read_answer().body, "/a ");
  EXPECT_EQ(client.read_rest(), "");
  server.wait_for_connections(0);
}

TEST(HttpSession, EndsQuietlyWhenTheClientLeavesInTheMiddle) {
  RunningServer server;
  for (const std::string& part : {std::string("GET / HT"), post("Content-Length: 5\r\n", "he"),
                                  post("Transfer-Encoding: chunked\r\n", "5\r\nhe")}) {
    Client client = server.connect_tcp();
    client.send(part);
    client.end_writing();
    EXPECT_EQ(client.read_rest(), "");
  }
  EXPECT_TRUE(server.executed().empty());
  server.wait_for_connections(0);
}

TEST(HttpSession, TurnsAnExceptionOfTheAnswerIntoABug) {
  RunningServer server({}, {}, answering([](Request request) -> asio::awaitable<Response> {
                         if (request.head.target == "/bad") throw std::runtime_error("oh");
                         co_return Response{};
                       }));
  Client client = server.connect_tcp();
  client.send(get("/bad") + get("/good"));
  EXPECT_EQ(client.read_answer().status, 500);
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(HttpSession, TurnsExceptionsOfTheOtherHooksIntoABug) {
  Hooks hooks;
  hooks.check_head = [](const RequestHead& head, const Origin&) -> std::optional<Response> {
    if (head.target == "/bad") throw std::runtime_error("oh");
    return std::nullopt;
  };
  hooks.refuse = [](Code, const std::string&) -> Response { throw std::runtime_error("oh"); };
  RunningServer server({}, {}, std::move(hooks));
  Client client = server.connect_tcp();
  client.send(get("/bad") + get("/good"));
  EXPECT_EQ(client.read_answer().status, 500);
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(HttpSession, TurnsAResponseThatCannotBeSentIntoABug) {
  RunningServer server({}, {}, answering([](Request) -> asio::awaitable<Response> {
                         Response response{.status = 204};
                         response.fields.push_back({"Location", "/a\r\nX: b"});
                         co_return response;
                       }));
  Client client = server.connect_tcp();
  client.send(get("/"));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "bug\n");
  EXPECT_EQ(answer.field("X"), "");
}

TEST(HttpSession, RendersRefusalsByTheHook) {
  Hooks hooks;
  hooks.refuse = [](Code code, const std::string& detail) {
    Response response{.status = row_of(code).status};
    response.fields.push_back({"Content-Type", "application/problem+json"});
    response.body = "<" + detail + ">";
    return response;
  };
  RunningServer server({}, {}, std::move(hooks));
  Client client = server.connect_tcp();
  client.send("GET / HTTP/1.1\r\n\r\n");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(answer.body, "<no Host>");
}

TEST(HttpSession, RefusesForeignHostsAndOrigins) {
  RunningServer server({}, {.extra = {"nas.example"}});
  Client host = server.connect_tcp();
  host.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n" + get("/next"));
  EXPECT_EQ(host.read_answer().body, "bad_host\n");
  EXPECT_EQ(host.read_rest(), "");
  Client absolute = server.connect_tcp();
  absolute.send("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(absolute.read_answer().body, "bad_host\n");
  Client origin = server.connect_tcp();
  origin.send(get("/", "Origin: null\r\n"));
  EXPECT_EQ(origin.read_answer().body, "bad_host\n");
  EXPECT_TRUE(server.executed().empty());
  Client extra = server.connect_tcp();
  extra.send("GET / HTTP/1.1\r\nHost: nas.example:8642\r\nOrigin: https://nas.example\r\n\r\n");
  EXPECT_EQ(extra.read_answer().status, 200);
}

TEST(HttpSession, ChecksOriginButNotHostOnAUnixSocket) {
  RunningServer server;
  Client host = server.connect_unix();
  host.send("GET / HTTP/1.1\r\nHost: anything.example\r\n\r\n");
  EXPECT_EQ(host.read_answer().status, 200);
  host.send(get("/", "Origin: http://evil.example\r\n"));
  EXPECT_EQ(host.read_answer().body, "bad_host\n");
  EXPECT_EQ(host.read_rest(), "");
}

TEST(HttpSession, KnowsWhereARequestComesFromAndTellsWhenThatEnds) {
  RunningServer server({}, {}, answering([](Request request) -> asio::awaitable<Response> {
                         Response response;
                         response.body = request.origin->handle;
                         co_return response;
                       }));
  Client tcp = server.connect_tcp();
  tcp.send(get("/"));
  EXPECT_EQ(tcp.read_answer().body, "");
  Client unix_client = server.connect_unix("h-17");
  unix_client.send(get("/"));
  EXPECT_EQ(unix_client.read_answer().body, "h-17");
  EXPECT_TRUE(server.closed_handles().empty());
  unix_client.close();
  server.wait_for_closed("h-17");
}

TEST(HttpSession, TellsThatAConnectionHasEndedOfADescriptorThatIsNoSocket) {
  RunningServer server;
  server.on_server([](Server& s) {
    s.serve(os::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
            Origin{.kind = Origin::Kind::unix_socket, .handle = "h-null"});
  });
  EXPECT_EQ(server.closed_handles(), std::vector<std::string>{"h-null"});
}

TEST(HttpSession, ClosesUnixConnectionsAndLeavesTheOthers) {
  RunningServer server;
  Client tcp = server.connect_tcp();
  tcp.send(get("/a"));
  EXPECT_EQ(tcp.read_answer().status, 200);
  Client unix_client = server.connect_unix("h-1");
  server.on_server([](Server& s) { s.close_unix(); });
  EXPECT_EQ(unix_client.read_rest(), "");
  server.wait_for_closed("h-1");
  tcp.send(get("/b"));
  EXPECT_EQ(tcp.read_answer().body, "/b ");
}

TEST(HttpSession, DropsTheAnswerOfAUnixConnectionThatIsClosedMeanwhile) {
  auto done = std::make_shared<std::atomic<bool>>(false);
  RunningServer server({}, {}, answering([done](Request) -> asio::awaitable<Response> {
                         co_await sleep_for(std::chrono::milliseconds(50));
                         *done = true;
                         co_return Response{};
                       }));
  Client client = server.connect_unix("h-1");
  client.send(get("/"));
  while (server.executed().empty()) std::this_thread::yield();
  server.on_server([](Server& s) { s.close_unix(); });
  EXPECT_EQ(client.read_rest(), "");
  server.wait_for_closed("h-1");
  EXPECT_TRUE(*done);
}

TEST(HttpSession, StopsAfterTheAnswersThatAreBeingMade) {
  RunningServer server(
      {.header_deadline = std::chrono::hours(1), .stop_grace = std::chrono::hours(1)}, {},
      answering([](Request) -> asio::awaitable<Response> {
        co_await sleep_for(std::chrono::milliseconds(50));
        co_return Response{};
      }));
  Client idle = server.connect_tcp();
  Client busy = server.connect_tcp();
  server.wait_for_connections(2);
  busy.send(get("/a") + get("/b"));
  while (server.executed().empty()) std::this_thread::yield();
  server.on_server([](Server& s) { s.stop(); });
  EXPECT_EQ(idle.read_rest(), "");
  EXPECT_EQ(busy.read_answer().field("Connection"), "close");
  EXPECT_EQ(busy.read_rest(), "");
  busy.close();
  server.wait_for_connections(0);
  EXPECT_EQ(server.executed().size(), 1U);
}

TEST(HttpSession, DropsAnswersThatOutlastTheGraceOfStopping) {
  Stream stream = make_stream(true);
  RunningServer server({.stop_grace = std::chrono::milliseconds(50)}, {}, std::move(stream.hooks));
  Client client = server.connect_tcp();
  client.send(get("/"));
  EXPECT_TRUE(os::write_all(stream.write_end.get(), "part").ok());
  EXPECT_EQ(client.read_bytes(5), "HTTP/");
  server.on_server([](Server& s) { s.stop(); });
  const std::string rest = client.read_rest();
  EXPECT_EQ(rest.find("0\r\n\r\n"), std::string::npos);
  server.wait_for_connections(0);
}

}  // namespace
}  // namespace zfsrest::http
