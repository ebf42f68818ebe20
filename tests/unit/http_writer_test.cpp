// The bytes of a response's head.
#include <gtest/gtest.h>

#include "http/writer.hpp"

namespace zfsrest::http {
namespace {

TEST(HttpWriter, WritesAWholeHead) {
  Response response{.status = 404};
  response.fields.push_back({"Content-Type", "application/json"});
  response.body = std::string("{}");
  EXPECT_EQ(format_head(response, Version::http_1_1, After::keep_alive, 784111777),
            "HTTP/1.1 404 Not Found\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Content-Length: 2\r\n\r\n");
}

TEST(HttpWriter, RefusesToSplitAResponse) {
  Response response;
  response.fields.push_back({"Location", "/a\r\nSet-Cookie: b"});
  EXPECT_EQ(format_head(response, Version::http_1_1, After::close, 0), std::nullopt);
  response.fields = {{"Bad Name", "a"}};
  EXPECT_EQ(format_head(response, Version::http_1_1, After::close, 0), std::nullopt);
  response.fields = {{"X", std::string("a\0b", 3)}};
  EXPECT_EQ(format_head(response, Version::http_1_1, After::close, 0), std::nullopt);
}

TEST(HttpWriter, RefusesAStatusThatEndsNothing) {
  EXPECT_EQ(format_head({.status = 100}, Version::http_1_1, After::close, 0), std::nullopt);
  EXPECT_EQ(format_head({.status = 0}, Version::http_1_1, After::close, 0), std::nullopt);
}

TEST(HttpWriter, KeepsTheFramingToItself) {
  Response response;
  response.fields = {
      {"content-length", "7"}, {"Transfer-Encoding", "chunked"}, {"Connection", "x"}};
  const std::string head = format_head(response, Version::http_1_0, After::keep_alive, 0).value();
  EXPECT_EQ(head.find('7'), head.find("70"));
  EXPECT_EQ(head.find("chunked"), std::string::npos);
  EXPECT_NE(head.find("Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"), std::string::npos);
}

TEST(HttpWriter, WritesNoLengthWhereThereIsNoBody) {
  const std::string head = format_head({.status = 204}, Version::http_1_1, After::close, 0).value();
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n\r\n"), std::string::npos);
}

}  // namespace
}  // namespace zfsrest::http
