// The guard, the target and the parser as pure functions of bytes.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "http/guard.hpp"
#include "http/limits.hpp"
#include "http/request_parser.hpp"

namespace zfsrest::http {
namespace {

using namespace std::string_view_literals;

// What became of a request that was given to the parser as a whole.
struct Parsed {
  std::optional<Code> refusal;
  bool is_done = false;
  RequestHead head;
  std::string body;
  std::string rest;
};

Parsed parse(std::string_view bytes, const Limits& limits = {}) {
  RequestParser parser(limits);
  RequestParser::Step step = parser.parse_head(bytes);
  bytes.remove_prefix(step.consumed_bytes);
  Parsed parsed{.head = parser.head()};
  if (step.done) {
    step = parser.parse_body(bytes);
    bytes.remove_prefix(step.consumed_bytes);
    if (step.done) parsed.body = parser.take_request().body;
  }
  parsed.is_done = step.done;
  if (step.refusal) parsed.refusal = step.refusal->code;
  parsed.rest = bytes;
  return parsed;
}

std::optional<Code> refusal_of(std::string_view bytes) {
  return parse(bytes).refusal;
}

std::string with_fields(std::string_view fields) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}

std::string with_target(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string with_chunks(std::string_view chunks) {
  return with_fields("Transfer-Encoding: chunked\r\n") + std::string(chunks);
}

TEST(HttpGuard, TakesAPlainRequest) {
  const Parsed parsed = parse("GET /a?b HTTP/1.1\r\nHost: localhost\r\nX: 1\r\nx: 2\r\n\r\nmore");
  EXPECT_TRUE(parsed.is_done);
  EXPECT_EQ(parsed.head.method, "GET");
  EXPECT_EQ(parsed.head.target, "/a?b");
  EXPECT_EQ(parsed.head.find("X"), "1");
  EXPECT_EQ(parsed.head.values("X"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_TRUE(parsed.head.keep_alive);
  EXPECT_EQ(parsed.rest, "more");
}

TEST(HttpGuard, TakesABodyByLengthAndLeavesWhatFollows) {
  const Parsed parsed = parse(with_fields("Content-Length: 5\r\n") + "helloGET");
  EXPECT_TRUE(parsed.is_done);
  EXPECT_EQ(parsed.head.content_length, 5U);
  EXPECT_EQ(parsed.body, "hello");
  EXPECT_EQ(parsed.rest, "GET");
}

TEST(HttpGuard, TakesChunksAndDropsExtensionsAndTrailers) {
  const Parsed parsed =
      parse(with_chunks("5;a=b;c=\"d\"\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\nGET"));
  EXPECT_TRUE(parsed.is_done);
  EXPECT_EQ(parsed.body, "hello!");
  EXPECT_EQ(parsed.rest, "GET");
  EXPECT_FALSE(parsed.head.find("X-Sum"));
}

TEST(HttpGuard, GivesTheSameForEveryPlaceWhereTheBytesAreCut) {
  const std::string bytes = with_chunks("5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\n");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const Limits limits;
    RequestParser parser(limits);
    std::string input;
    bool head_done = false;
    bool done = false;
    const auto feed = [&](std::string_view piece) {
      input += piece;
      RequestParser::Step step;
      if (!head_done) {
        step = parser.parse_head(input);
        input.erase(0, step.consumed_bytes);
        head_done = step.done;
        ASSERT_FALSE(step.refusal);
      }
      if (head_done && !done) {
        step = parser.parse_body(input);
        input.erase(0, step.consumed_bytes);
        done = step.done;
        ASSERT_FALSE(step.refusal);
      }
    };
    feed(bytes.substr(0, cut));
    feed(bytes.substr(cut));
    EXPECT_TRUE(done) << cut;
    EXPECT_EQ(parser.take_request().body, "hello") << cut;
  }
}

TEST(HttpGuard, RefusesEveryTransferEncodingButOneChunked) {
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: gzip\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: gzip, chunked\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked, identity\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked, chunked\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: \"chunked\"\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked;a=b\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: \x0b"
                                   "chunked\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding:\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Transfer-Encoding: ChunKed\r\n")), std::nullopt);
}

TEST(HttpGuard, RefusesEveryContentLengthButOneNumber) {
  EXPECT_EQ(refusal_of(with_fields("Content-Length: +5\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: -5\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 0x5\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 5 5\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 5, 5\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length:\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 18446744073709551616\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 5\r\nContent-Length: 5\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 5\r\nContent-Length: 6\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 18446744073709551615\r\n")),
            Code::body_too_large);
  EXPECT_EQ(refusal_of(with_fields("Content-Length: 0\r\n")), std::nullopt);
}

TEST(HttpGuard, RefusesFieldsOfWhichParsersTakeEitherOne) {
  EXPECT_EQ(refusal_of(with_fields("Host: localhost\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Content-Type: a/b\r\ncontent-type: c/d\r\n")),
            Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("Origin: http://localhost\r\nOrigin: null\r\n")),
            Code::bad_framing);
}

TEST(HttpGuard, RefusesWhatALineCannotHold) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\nHost: localhost\n\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\rb\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\r\n b\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\r\n\tb\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X:\r\n \r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X : a\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields(": a\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X\xff: a\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\0b\r\n"sv)), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\x7f\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: a\x1b\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n Host: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_fields("X: \t a\tb \xc3\xa4 \t\r\n")), std::nullopt);
}

TEST(HttpGuard, RefusesBadBytesBeforeTheHeadIsComplete) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nX: \0"sv), Code::bad_framing);
  EXPECT_EQ(refusal_of("\x16\x03\x01\x02"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nX: a\r\n b"), Code::bad_framing);
}

TEST(HttpGuard, RefusesOtherRequestLines) {
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.2\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/0.9\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / http/1.1\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET /\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1 \r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("G\tT / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of(std::string(40, 'A') + " / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            Code::bad_framing);
  EXPECT_EQ(refusal_of("\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), std::nullopt);
  EXPECT_EQ(refusal_of("BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n"), std::nullopt);
}

TEST(HttpGuard, RefusesTargetsThatAreNoPath) {
  EXPECT_EQ(refusal_of(with_target("a")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("*")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("localhost:80")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("ftp://localhost/")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("http:///a")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("http://ann@localhost/a")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("http://localhost/a#b")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("/a#b")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("/\xc3\xa4")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("/a\tb")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_target("/a%2Fb?c=[d]")), std::nullopt);
}

TEST(HttpGuard, TakesTheHostOfATargetInAbsoluteForm) {
  const Parsed parsed = parse(with_target("HTTP://evil.example:80/a?b"));
  EXPECT_EQ(parsed.head.target, "/a?b");
  EXPECT_EQ(parsed.head.values("Host"), (std::vector<std::string_view>{"evil.example:80"}));
  EXPECT_EQ(parse(with_target("http://localhost")).head.target, "/");
  EXPECT_EQ(parse(with_target("http://localhost?a")).head.target, "/?a");
  EXPECT_EQ(parse("OPTIONS http://localhost HTTP/1.1\r\nHost: a\r\n\r\n").head.target, "*");
  EXPECT_EQ(parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").head.target, "*");
  EXPECT_EQ(parse("GET http://evil.example/ HTTP/1.0\r\n\r\n").head.find("Host"), "evil.example");
}

TEST(HttpGuard, WantsOneHostThatIsOne) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\n\r\n"), std::nullopt);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: ann@a\r\n\r\n"), Code::bad_framing);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost:\r\n\r\n"), std::nullopt);
}

TEST(HttpGuard, TakesNoContentEncodingButIdentity) {
  EXPECT_EQ(refusal_of(with_fields("Content-Encoding: gzip\r\n")), Code::media_type);
  EXPECT_EQ(refusal_of(with_fields("Content-Encoding: identity\r\nContent-Encoding: br\r\n")),
            Code::media_type);
  EXPECT_EQ(refusal_of(with_fields("Content-Encoding: identity\r\n")), std::nullopt);
}

TEST(HttpGuard, KnowsWhetherTheConnectionGoesOn) {
  EXPECT_FALSE(parse(with_fields("Connection: close\r\n")).head.keep_alive);
  EXPECT_FALSE(parse(with_fields("Connection: x, Close\r\n")).head.keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n").head.keep_alive);
  EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").head.keep_alive);
  EXPECT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").head.keep_alive);
}

TEST(HttpGuard, RefusesChunksThatAreNotFramedExactly) {
  EXPECT_EQ(refusal_of(with_chunks("0x5\r\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("-5\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks(" 5\r\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5\r\nhello0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5\r\nhello\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5\r\nhelloX")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5;a\nb\r\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5;a\rb\r\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5;a=\"b\r\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("5 x\r\nhello\r\n0\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("11111111111111111\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("ffffffffffffffff\r\n")), Code::body_too_large);
  EXPECT_EQ(refusal_of(with_chunks("0\r\nX: a\r\n b\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("0\r\nX: a\nY: b\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("0\r\nContent-Length: 5\r\n\r\n")), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n")), Code::bad_framing);
}

TEST(HttpGuard, BoundsWhatChunksHoldBesidesData) {
  EXPECT_EQ(refusal_of(with_chunks("5;" + std::string(2000, 'a'))), Code::bad_framing);
  EXPECT_EQ(refusal_of(with_chunks("0\r\nX: " + std::string(5000, 'a'))), Code::bad_framing);
  std::string many_trailers = "0\r\n";
  for (int i = 0; i < 101; ++i) many_trailers += "X: a\r\n";
  EXPECT_EQ(refusal_of(with_chunks(many_trailers + "\r\n")), Code::header_too_large);

  std::string framing;
  for (int i = 0; i < 100; ++i) framing += "1;" + std::string(500, 'a') + "\r\nx\r\n";
  EXPECT_EQ(refusal_of(with_chunks(framing + "0\r\n\r\n")), Code::bad_framing);
  std::string small_chunks;
  for (int i = 0; i < 10000; ++i) small_chunks += "1\r\nx\r\n";
  EXPECT_EQ(refusal_of(with_chunks(small_chunks + "0\r\n\r\n")), std::nullopt);
}

TEST(HttpGuard, KeepsToTheLimits) {
  const Limits limits{
      .header_bytes = 200, .header_fields = 3, .target_bytes = 100, .body_bytes = 5};
  EXPECT_EQ(parse("GET /" + std::string(200, 'a'), limits).refusal, Code::uri_too_long);
  EXPECT_EQ(parse(with_target("/" + std::string(100, 'a')), limits).refusal, Code::uri_too_long);
  EXPECT_EQ(parse(with_target("/" + std::string(99, 'a')), limits).refusal, std::nullopt);
  EXPECT_EQ(parse("GET / HTTP/1.1\r\nX: " + std::string(200, 'a'), limits).refusal,
            Code::header_too_large);
  EXPECT_EQ(parse(with_fields("A: 1\r\nB: 2\r\nC: 3\r\n"), limits).refusal, Code::header_too_large);
  EXPECT_EQ(parse(with_fields("A: 1\r\nB: 2\r\n"), limits).refusal, std::nullopt);
  EXPECT_EQ(parse(with_fields("Content-Length: 6\r\n"), limits).refusal, Code::body_too_large);
  EXPECT_EQ(parse(with_chunks("3\r\nabc\r\n3\r\n"), limits).refusal, Code::body_too_large);
  EXPECT_EQ(parse(with_chunks("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), limits).body, "abcde");
}

}  // namespace
}  // namespace zfsrest::http
