// Which hosts and origins are served.
#include <gtest/gtest.h>

#include "http/hosts.hpp"

namespace zfsrest::http {
namespace {

const Hosts some_hosts{.extra = {"nas.example", "192.168.1.5", "2001:db8::1", "[2001:db8::2]"}};

std::optional<Code> refusal_of(Origin::Kind kind, std::vector<Field> fields) {
  RequestHead head;
  head.fields = std::move(fields);
  const std::optional<Refusal> refusal = check_hosts(head, kind, some_hosts);
  return refusal ? std::optional(refusal->code) : std::nullopt;
}

TEST(HttpHosts, ServesLoopbackUnderEachOfItsNames) {
  EXPECT_TRUE(is_served("localhost", {}));
  EXPECT_TRUE(is_served("LOCALHOST:8642", {}));
  EXPECT_TRUE(is_served("127.0.0.1", {}));
  EXPECT_TRUE(is_served("127.255.0.9:1", {}));
  EXPECT_TRUE(is_served("[::1]:8642", {}));
  EXPECT_TRUE(is_served("[0:0:0:0:0:0:0:1]", {}));
}

TEST(HttpHosts, ServesNothingThatOnlyLooksLikeLoopback) {
  EXPECT_FALSE(is_served("", {}));
  EXPECT_FALSE(is_served("evil.example", {}));
  EXPECT_FALSE(is_served("localhost.evil.example", {}));
  EXPECT_FALSE(is_served("127.0.0.1.evil.example", {}));
  EXPECT_FALSE(is_served("127.1", {}));
  EXPECT_FALSE(is_served("2130706433", {}));
  EXPECT_FALSE(is_served("0177.0.0.1", {}));
  EXPECT_FALSE(is_served("128.0.0.1", {}));
  EXPECT_FALSE(is_served("0.0.0.0", {}));
  EXPECT_FALSE(is_served("::1", {}));
  EXPECT_FALSE(is_served("[::2]", {}));
  EXPECT_FALSE(is_served("[::1", {}));
  EXPECT_FALSE(is_served("[::1]x", {}));
  EXPECT_FALSE(is_served("localhost:99999999", {}));
  EXPECT_FALSE(is_served("localhost:80:80", {}));
  EXPECT_FALSE(is_served("localhost:a", {}));
  EXPECT_FALSE(is_served("user@localhost", {}));
  EXPECT_FALSE(is_served("localhost/", {}));
  EXPECT_FALSE(is_served("localhost#", {}));
}

TEST(HttpHosts, ServesConfiguredHostsOnAnyPort) {
  EXPECT_TRUE(is_served("nas.example", some_hosts));
  EXPECT_TRUE(is_served("NAS.example:443", some_hosts));
  EXPECT_TRUE(is_served("192.168.1.5:8642", some_hosts));
  EXPECT_TRUE(is_served("[2001:DB8:0::1]:1", some_hosts));
  EXPECT_TRUE(is_served("[2001:db8::2]", some_hosts));
  EXPECT_FALSE(is_served("other.nas.example", some_hosts));
  EXPECT_FALSE(is_served("192.168.1.50", some_hosts));
}

TEST(HttpHosts, ChecksHostOnTcpOnly) {
  EXPECT_EQ(refusal_of(Origin::Kind::tcp, {{"Host", "localhost"}}), std::nullopt);
  EXPECT_EQ(refusal_of(Origin::Kind::tcp, {{"Host", "evil.example"}}), Code::bad_host);
  EXPECT_EQ(refusal_of(Origin::Kind::tcp, {{"Host", ""}}), Code::bad_host);
  EXPECT_EQ(refusal_of(Origin::Kind::tcp, {}), std::nullopt);
  EXPECT_EQ(refusal_of(Origin::Kind::unix_socket, {{"Host", "evil.example"}}), std::nullopt);
}

TEST(HttpHosts, ChecksOriginEverywhere) {
  const std::vector<std::string> refused{"null",
                                         "",
                                         "evil.example",
                                         "http://evil.example",
                                         "localhost",
                                         "http://localhost.evil.example",
                                         "ftp://localhost",
                                         "http://localhost/",
                                         "http://localhost http://evil.example",
                                         "file://",
                                         "http://",
                                         "https://evil.example:443"};
  for (const std::string& origin : refused) {
    EXPECT_EQ(refusal_of(Origin::Kind::tcp, {{"Origin", origin}}), Code::bad_host) << origin;
    EXPECT_EQ(refusal_of(Origin::Kind::unix_socket, {{"Origin", origin}}), Code::bad_host)
        << origin;
  }
  const std::vector<std::string> served{"http://localhost", "https://127.0.0.1:8642",
                                        "HTTP://[::1]:1", "https://nas.example"};
  for (const std::string& origin : served)
    EXPECT_EQ(refusal_of(Origin::Kind::tcp, {{"Origin", origin}}), std::nullopt) << origin;
}

}  // namespace
}  // namespace zfsrest::http
