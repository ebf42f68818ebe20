// The framing table: each request that servers are known to read in two ways is refused, the
// connection ends, and what was smuggled behind it is not run.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http_server_fixture.hpp"

namespace zfsrest::http {
namespace {

using namespace std::string_view_literals;
using test::Answer;
using test::Client;
using test::Ended;
using test::post;
using test::RunningServer;

constexpr std::string_view smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

// Sends the request with another one behind it, and checks all that must hold after a framing
// error.
void expect_refused(std::string_view request) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(std::string(request) + std::string(smuggled));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(answer.body, "bad_framing\n");
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_EQ(client.ended(), Ended::by_end);
  EXPECT_TRUE(server.executed().empty());
  client.close();
  server.wait_for_connections(0);
}

std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

TEST(HttpFraming, RefusesContentLengthWithChunked) {
  expect_refused(post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
}

TEST(HttpFraming, RefusesChunkedWithContentLength) {
  expect_refused(post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"));
}

TEST(HttpFraming, RefusesGzipWithContentLength) {
  expect_refused(post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", "hello"));
}

TEST(HttpFraming, RefusesGzipAlone) {
  expect_refused(post("Transfer-Encoding: gzip\r\n"));
}

TEST(HttpFraming, RefusesChunkedBeforeIdentity) {
  expect_refused(post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"));
}

TEST(HttpFraming, RefusesChunkedInHttp10) {
  expect_refused(
      "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST(HttpFraming, RefusesDifferentContentLengths) {
  expect_refused(post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"));
}

TEST(HttpFraming, RefusesTheSameContentLengthTwice) {
  expect_refused(post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"));
}

TEST(HttpFraming, RefusesASignedContentLength) {
  expect_refused(post("Content-Length: +5\r\n", "hello"));
}

TEST(HttpFraming, RefusesALineThatEndsWithABareLf) {
  expect_refused("GET / HTTP/1.1\r\nHost: localhost\nX: a\r\n\r\n");
}

TEST(HttpFraming, RefusesASpaceBeforeTheColon) {
  expect_refused(post("Content-Length : 5\r\n", "hello"));
}

TEST(HttpFraming, RefusesAFoldedLine) {
  expect_refused(post("X: a\r\n b\r\n"));
}

TEST(HttpFraming, RefusesAFoldedFraming) {
  expect_refused(post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"));
}

TEST(HttpFraming, RefusesARequestWithoutHost) {
  expect_refused("GET / HTTP/1.1\r\n\r\n");
}

TEST(HttpFraming, RefusesTwoHosts) {
  expect_refused("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n");
}

TEST(HttpFraming, RefusesANulInAValue) {
  expect_refused(post("X: a\0b\r\n"sv));
}

TEST(HttpFraming, RefusesAChunkSizeWithAPrefix) {
  expect_refused(chunked("0x5\r\nhello\r\n0\r\n\r\n"));
}

TEST(HttpFraming, RefusesAChunkSizeThatEndsWithABareLf) {
  expect_refused(chunked("5\nhello\r\n0\r\n\r\n"));
}

TEST(HttpFraming, RefusesChunkDataWithoutCrlf) {
  expect_refused(chunked("5\r\nhello0\r\n\r\n"));
}

TEST(HttpFraming, RefusesAChunkExtensionThatHoldsALf) {
  expect_refused(chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"));
}

TEST(HttpFraming, RefusesAContentLengthInTheTrailers) {
  expect_refused(chunked("0\r\nContent-Length: 5\r\n\r\n"));
}

// The refusals above do not wait for bytes that a proxy would hold back.
TEST(HttpFraming, RefusesAtTheFirstByteThatIsWrong) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send("GET / HTTP/1.1\n");
  EXPECT_EQ(client.read_answer().status, 400);
  EXPECT_EQ(client.read_rest(), "");
  EXPECT_TRUE(server.executed().empty());
}

TEST(HttpFraming, ReadsTrailersAndRunsWhatFollows) {
  RunningServer server;
  Client client = server.connect_tcp();
  client.send(chunked("5\r\nhello\r\n0\r\nX: a\r\n\r\n") + std::string(smuggled));
  EXPECT_EQ(client.read_answer().body, "/ hello");
  EXPECT_EQ(client.read_answer().body, "/smuggled ");
  EXPECT_EQ(server.executed(), (std::vector<std::string>{"POST / hello", "GET /smuggled "}));
}

}  // namespace
}  // namespace zfsrest::http
