// Input that is meant to do harm: it is refused, soon, with little memory, and ZFS is not asked.
#include <gtest/gtest.h>
#include <poll.h>

#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::size_t mebibyte = 1 << 20;
// What a refusal may cost in memory.
constexpr std::size_t allowed_bytes = 64 * mebibyte;

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

// Sends a part again and again, so often at most, until an answer begins to come.
Answer send_until_answered(Connection& connection, const std::string& part, int times) {
  pollfd answer{.fd = connection.fd(), .events = POLLIN, .revents = 0};
  while (times-- > 0 && poll(&answer, 1, 0) == 0 && connection.send_bytes(part)) continue;
  return connection.read_answer();
}

// Both processes that see what a client sends, as one.
class Memory {
 public:
  explicit Memory(const Daemon& daemon) : pids_{daemon.gateway(), daemon.agent()} {
    for (const pid_t pid : pids_) {
      // From now on the peak is counted.
      std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5";
      before_ += bytes(pid, "VmRSS");
    }
  }
  std::size_t taken_bytes() const {
    std::size_t peak = 0;
    for (const pid_t pid : pids_) peak += bytes(pid, "VmHWM");
    return peak > before_ ? peak - before_ : 0;
  }

 private:
  static std::size_t bytes(pid_t pid, std::string_view field) {
    return std::stoull(status_field(pid, field)) * 1024;
  }

  std::vector<pid_t> pids_;
  std::size_t before_ = 0;
};

class HostileInput : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  // Sends it over a connection of each kind, and looks at the answer and at what it has cost.
  template <class Send>
  void expect_refused(const std::string& what, const std::string& refusal, Send send) const {
    const testing::ScopedTrace trace(__FILE__, __LINE__, what);
    for (const Address& address : {daemon_.unix_socket(), daemon_.tcp()}) {
      const Memory memory(daemon_);
      const std::size_t ioctls = count_ioctls(ioctls_);
      Connection connection(address);
      const auto begun = Clock::now();
      const Answer answer = send(connection);
      const auto took = duration_cast<milliseconds>(Clock::now() - begun);
      const std::string found = std::to_string(answer.status) + " " + answer.code();
      EXPECT_EQ(found, refusal) << answer.head << answer.body.substr(0, 1000);
      EXPECT_LE(memory.taken_bytes(), allowed_bytes);
      EXPECT_EQ(count_ioctls(ioctls_), ioctls);
      std::cout << what << (address.port == 0 ? ", Unix: " : ", TCP: ") << found << ", "
                << took.count() << " ms, " << memory.taken_bytes() / 1024 << " KiB\n";
    }
    EXPECT_TRUE(daemon_.answers());
  }
  void expect_body_refused(const std::string& what, const std::string& refusal,
                           const std::string& target, const std::string& body) const {
    expect_refused(what, refusal, [&](Connection& connection) {
      return connection.ask(
          {.method = "POST", .target = target, .body = body, .fields = daemon_.authorization()});
    });
  }
  void expect_target_refused(const std::string& what, const std::string& refusal,
                             const std::string& target) const {
    expect_refused(what, refusal, [&](Connection& connection) {
      return connection.ask({.target = target, .fields = daemon_.authorization()});
    });
  }

  userland::Engine engine_;
  const std::string ioctls_ = engine_.directory() / "ioctls";
  Daemon daemon_{engine_, writing_ioctls_to(ioctls_)};
};

TEST_F(HostileInput, TheTraceSeesWhatIsAskedOfZfs) {
  const std::size_t before = count_ioctls(ioctls_);
  EXPECT_EQ(daemon_.ask("GET", "/v1/datasets/tank").status, 200);
  EXPECT_GT(count_ioctls(ioctls_), before);
}

TEST_F(HostileInput, JsonThatIsDeepOrLongOrSaysTwoThings) {
  const std::string deep = R"({"name":"tank/a","properties":)" + repeated(R"({"a":)", 10'000) +
                           "1" + repeated("}", 10'001);
  expect_body_refused("nested 10,000 deep", "400 bad_request", "/v1/datasets", deep);
  expect_body_refused("arrays nested 10,000 deep", "400 bad_request", "/v1/datasets",
                      repeated("[", 10'000) + repeated("]", 10'000));
  expect_body_refused("a number beyond 64 bits", "400 bad_request", "/v1/datasets",
                      R"({"name":"tank/a","properties":{"quota":18446744073709551616}})");
  expect_body_refused("a number of 100,000 digits", "400 bad_request", "/v1/datasets",
                      R"({"name":"tank/a","properties":{"quota":)" + repeated("9", 100'000) + "}}");
  expect_body_refused("a key that stands twice", "400 bad_request", "/v1/datasets",
                      R"({"name":"tank/a","name":"tank/b"})");
  expect_body_refused("a key that stands twice within", "400 bad_request", "/v1/datasets",
                      R"({"name":"tank/a","properties":{"quota":1,"quota":2}})");
  EXPECT_EQ(daemon_.ask("GET", "/v1/datasets/tank%2Fa").status, 404);
}

TEST_F(HostileInput, BodiesOfMoreValuesThanAnyNeeds) {
  const auto array_of = [](std::string_view part, std::size_t times) {
    std::string text = R"({"name":[)" + repeated(part, times);
    text.back() = ']';
    return text + "}";
  };
  for (const std::string_view part : {R"({"":0},)", "0,", "[],", "{},", "\"\","})
    expect_body_refused("as many as fit of " + std::string(part), "400 bad_request", "/v1/datasets",
                        array_of(part, (mebibyte - 20) / part.size()));
  expect_body_refused("as many values as are read", "400 bad_request", "/v1/datasets",
                      array_of(R"({"":0},)", 32'000));
  std::string keys = "{";
  for (int i = 0; i < 60'000; ++i) keys += "\"k" + std::to_string(i) + "\":0,";
  keys.back() = '}';
  expect_body_refused("60,000 unknown keys", "400 bad_request", "/v1/datasets", keys);
  std::string objects = R"({"name":[)";
  for (int i = 0; i < 16; ++i) {
    objects += i == 0 ? "{" : ",{";
    for (int k = 0; k < 4'000; ++k)
      objects += (k == 0 ? "\"k" : ",\"k") + std::to_string(k) + "\":0";
    objects += '}';
  }
  expect_body_refused("many objects of many keys", "400 bad_request", "/v1/datasets",
                      objects + "]}");
}

// Nobody's token has been looked at when their bodies are.
TEST_F(HostileInput, ManyStrangersWithDenseBodiesAtOnce) {
  std::string dense = R"({"name":[)" + repeated(R"({"":0},)", 145'000);
  dense.back() = ']';
  dense += '}';
  const Memory memory(daemon_);
  std::vector<std::jthread> strangers;
  for (int i = 0; i < 32; ++i)
    strangers.emplace_back([&] {
      const Answer answer = Connection(daemon_.tcp())
                                .ask({.method = "POST", .target = "/v1/datasets", .body = dense});
      EXPECT_TRUE(answer.status == 400 || answer.status == 401) << answer.head;
    });
  strangers.clear();
  // Their bodies lie in memory together, several times while they arrive and are passed on.
  EXPECT_LE(memory.taken_bytes(), 5 * 32 * mebibyte);
  std::cout << "32 at once: " << memory.taken_bytes() / 1024 << " KiB\n";
  EXPECT_TRUE(daemon_.answers());
}

TEST_F(HostileInput, ABatchOfAMillionNames) {
  std::string names = R"({"snapshots":[)";
  for (int i = 0; i < 1'000'000; ++i)
    names += (i == 0 ? "\"tank@" : ",\"tank@") + std::to_string(i) + '"';
  expect_body_refused("a batch of a million names", "413 body_too_large", "/v1/snapshots",
                      names + "]}");
  std::string short_names = R"({"snapshots":[)" + repeated("\"t@\",", 200'000);
  short_names.back() = ']';
  expect_body_refused("200,000 short names", "400 bad_request", "/v1/snapshots", short_names + "}");
}

TEST_F(HostileInput, BodiesAndHeadersWithoutEnd) {
  expect_refused("10 GB of chunked body", "413 body_too_large", [&](Connection& connection) {
    connection.send_bytes("POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\n" +
                          daemon_.authorization() +
                          "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "100000\r\n" + std::string(mebibyte, ' ') + "\r\n";
    return send_until_answered(connection, chunk, 10'000);
  });
  expect_refused(
      "10 GB of a body in chunks of a byte", "413 body_too_large", [&](Connection& connection) {
        connection.send_bytes(
            "POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\n" + daemon_.authorization() +
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunks = repeated("1\r\n \r\n", 10'000);
        return send_until_answered(connection, chunks, 1'000'000);
      });
  expect_refused("a million headers", "431 header_too_large", [](Connection& connection) {
    connection.send_bytes("GET /v1/pools HTTP/1.1\r\nHost: localhost\r\n");
    const std::string headers = repeated("X-A: b\r\n", 1'000);
    return send_until_answered(connection, headers, 1'000);
  });
  expect_refused("a header without end", "431 header_too_large", [](Connection& connection) {
    connection.send_bytes("GET /v1/pools HTTP/1.1\r\nHost: localhost\r\nX-A: ");
    const std::string part(64 << 10, 'x');
    return send_until_answered(connection, part, 100'000);
  });
}

TEST_F(HostileInput, QueriesThatAreLongOrForged) {
  expect_refused("a filter of 1 MB", "414 uri_too_long", [&](Connection& connection) {
    connection.send_bytes(
        "GET /v1/datasets?filter=" + repeated("name%3Da%20and%20", mebibyte / 17) +
        "name%3Da HTTP/1.1\r\nHost: localhost\r\n" + daemon_.authorization() + "\r\n");
    return connection.read_answer();
  });
  expect_target_refused("a filter that nests", "400 bad_request",
                        "/v1/datasets?filter=" + repeated("(", 4'000));
  expect_target_refused("a forged cursor", "400 bad_request", "/v1/datasets?cursor=eyJ0YW5rIjoxfQ");
  expect_target_refused("a long cursor", "400 bad_request",
                        "/v1/datasets?cursor=" + repeated("A", 4'000));
  expect_target_refused("a cursor that is no base64", "400 bad_request",
                        "/v1/snapshots?cursor=%00%FF");
  expect_target_refused("a name encoded twice", "400 bad_request", "/v1/datasets/tank%252Fa");
  expect_target_refused("a name that climbs", "400 bad_request", "/v1/datasets/tank%2F..%2Fother");
}

TEST_F(HostileInput, ACursorIntoWhatIsGoneByNow) {
  for (const char* name : {"tank/a", "tank/a/1", "tank/a/2", "tank/a/3"})
    ASSERT_EQ(
        daemon_.ask("POST", "/v1/datasets", R"({"name":")" + std::string(name) + "\"}").status,
        201);
  const std::string list = "/v1/datasets?under=tank%2Fa&limit=2";
  const std::string cursor = member(daemon_.ask("GET", list).body, "next_cursor");
  ASSERT_FALSE(cursor.empty());
  engine_.expect("zfs destroy -r tank/a");
  const Answer answer = daemon_.ask("GET", list + "&cursor=" + cursor);
  EXPECT_EQ(answer.status, 404) << answer.body;
  EXPECT_EQ(answer.code(), "not_found");
}

}  // namespace
}  // namespace zfsrest::faults
