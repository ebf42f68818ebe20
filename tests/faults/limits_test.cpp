// Limits as a client of the real gateway meets them.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>
#include <vector>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

using std::chrono::milliseconds;

class Limits : public testing::Test {
 protected:
  userland::Engine engine_;
};

TEST_F(Limits, AHeaderThatDoesNotArriveInTimeIsGivenUp) {
  const Daemon daemon(engine_, {{"ZFSREST_HEADER_DEADLINE_MS", "300"}});
  Connection slow(daemon.tcp());
  Connection silent(daemon.tcp());
  slow.send_bytes("GET /healthz HTTP/1.1\r\nHost: loc");
  const Answer answer = slow.read_answer();
  EXPECT_EQ(answer.status, 408) << answer.head;
  EXPECT_EQ(answer.code(), "request_timeout");
  EXPECT_FALSE(answer.field("X-Request-Id").empty());
  EXPECT_TRUE(slow.is_closed_by_peer());
  EXPECT_TRUE(silent.is_closed_by_peer());
}

TEST_F(Limits, AnIdleConnectionIsClosed) {
  const Daemon daemon(engine_, {{"ZFSREST_IDLE_TIMEOUT_MS", "300"}});
  for (const Address& address : {daemon.tcp(), daemon.unix_socket()}) {
    Connection connection(address);
    EXPECT_EQ(connection.ask({}).status, 200);
    EXPECT_EQ(connection.ask({}).status, 200) << "it is kept alive between requests";
    EXPECT_TRUE(connection.is_closed_by_peer());
  }
}

TEST_F(Limits, HeadersAndBodiesThatAreTooLargeAreRefused) {
  const Daemon daemon(engine_, {{"ZFSREST_HEADER_BYTES", "1024"}, {"ZFSREST_BODY_BYTES", "1000"}});
  EXPECT_EQ(
      Connection(daemon.tcp()).ask({.fields = "X-Long: " + std::string(2000, 'x') + "\r\n"}).status,
      431);
  EXPECT_EQ(daemon.ask_tcp("POST", "/v1/datasets", std::string(1001, ' ')).status, 413);
  EXPECT_EQ(Connection(daemon.tcp()).ask({}).status, 200);
}

// A request whose body is yet to come, so that its connection is not idle.
Connection begin_request(const Daemon& daemon, const Address& address) {
  Connection connection(address);
  connection.send_bytes(
      "POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\n" + daemon.authorization() +
      "Content-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_TRUE(connection.read_answer(true).head.starts_with("HTTP/1.1 100 "));
  return connection;
}

TEST_F(Limits, MoreConnectionsThanAllowedAreTurnedAwayUntilOthersEnd) {
  const Daemon daemon(engine_, {{"ZFSREST_CONNECTIONS", "4"}});
  std::vector<Connection> connections;
  for (int i = 0; i < 4; ++i) connections.push_back(begin_request(daemon, daemon.tcp()));
  const Answer answer = Connection(daemon.tcp()).ask({});
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "overloaded");
  EXPECT_EQ(answer.field("Retry-After"), "1");
  EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200) << "the Unix socket has places of its own";
  connections.clear();
  EXPECT_TRUE(eventually([&] { return Connection(daemon.tcp()).ask({}).status == 200; }));
}

TEST_F(Limits, ABodyThatTheOthersLeaveNoRoomForIsTurnedAway) {
  const Daemon daemon(engine_, {{"ZFSREST_BODY_BYTES", "1000"}, {"ZFSREST_BODIES_BYTES", "1500"}});
  const Connection other = begin_request(daemon, daemon.tcp());
  const std::string body(1000, ' ');
  const Answer answer = daemon.ask_tcp("POST", "/v1/datasets", body);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "overloaded");
  EXPECT_EQ(answer.field("Retry-After"), "1");
  EXPECT_EQ(daemon.ask("POST", "/v1/datasets", body).status, 400)
      << "over the Unix socket it is read";
}

TEST_F(Limits, ConnectionsThatOnlyStayOpenKeepNobodyOut) {
  const Daemon daemon(engine_, {{"ZFSREST_CONNECTIONS", "4"}, {"ZFSREST_UNIX_CONNECTIONS", "4"}});
  std::vector<Connection> kept;
  for (int i = 0; i < 10; ++i)
    for (const Address& address : {daemon.tcp(), daemon.unix_socket()}) {
      kept.emplace_back(address);
      EXPECT_EQ(kept.back().ask({}).status, 200) << i;
    }
  EXPECT_EQ(daemon.ask_tcp("GET", "/v1/pools").status, 200);
  EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200);
}

TEST_F(Limits, TwoHundredSlowClientsDoNotStopANormalOne) {
  const Daemon daemon(engine_);
  make_pool(daemon, engine_, "tank");
  const std::size_t files = open_files(daemon.gateway()).size();
  std::vector<Connection> slow;
  for (int i = 0; i < 200; ++i) {
    slow.emplace_back(daemon.tcp());
    ASSERT_TRUE(slow.back().send_bytes(
        i % 2 == 0 ? "GET /v1/pools HTT"
                   : "POST /v1/datasets HTTP/1.1\r\nHost: localhost\r\n"
                     "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"));
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(daemon.ask_tcp("GET", "/v1/pools").status, 200);
    EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200);
  }
  slow.clear();
  EXPECT_TRUE(eventually([&] { return open_files(daemon.gateway()).size() <= files + 2; }));
}

TEST_F(Limits, ClientsThatLeaveALongListAloneHoldNobodyUp) {
  const Daemon daemon(engine_);
  make_pool(daemon, engine_, "tank");
  make_datasets(engine_, "tank/tree", 100);
  const std::size_t files = open_files(daemon.agent()).size();
  const std::string lines = daemon.authorization() + "Accept: application/x-ndjson\r\n";
  for (int i = 0; i < 45; ++i) {
    // Some go at once, some after a part of the answer, and some ask for the head only.
    Connection connection(daemon.tcp());
    if (i % 3 == 2)
      EXPECT_EQ(
          connection.ask({.method = "HEAD", .target = "/v1/datasets", .fields = lines}).status,
          200);
    else
      connection.send({.target = "/v1/datasets", .fields = lines});
    if (i % 3 == 1) std::this_thread::sleep_for(milliseconds(5));
  }
  Answer whole;
  EXPECT_TRUE(eventually([&] {
    whole = Connection(daemon.tcp()).ask({.target = "/v1/datasets", .fields = lines});
    return whole.status == 200;
  })) << whole.status
      << whole.body;
  EXPECT_EQ(std::count(whole.body.begin(), whole.body.end(), '\n'), 103)
      << "102 datasets and the end";
  // Each worker of streams has a channel to the engine; what else there was is gone.
  EXPECT_TRUE(eventually([&] { return open_files(daemon.agent()).size() <= files + 20; }))
      << open_files(daemon.agent()).size();
  EXPECT_TRUE(eventually([&] { return open_files(daemon.gateway()).size() <= 24; }))
      << open_files(daemon.gateway()).size();
}

TEST_F(Limits, AListIsSortedOnlyAsFarAsItMayBe) {
  const Daemon daemon(engine_, {{"ZFSREST_SORTED_ROWS", "3"}});
  make_pool(daemon, engine_, "tank");
  engine_.expect("zfs create -p tank/sorted/b && zfs create tank/sorted/a");
  const auto ask = [&](const std::string& controls) {
    return Connection(daemon.unix_socket())
        .ask({.target = "/v1/datasets?sort=-name&fields=name&under=tank" + controls,
              .fields = "Accept: application/x-ndjson\r\n"});
  };
  const Answer refused = ask("");
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(refused.code(), "narrow_filter");
  for (const char* narrow : {"%2Fsorted", "&limit=3", "&filter=name~*sorted*"}) {
    const Answer answer = ask(narrow);
    EXPECT_EQ(answer.status, 200) << narrow << answer.body;
    EXPECT_EQ(answer.body.substr(0, answer.body.find('{', 1)), "{\"name\":\"tank/sorted/b\"}\n")
        << narrow;
  }
}

TEST_F(Limits, AnAnswerLargerThanTheLinkTakesArrivesWhole) {
  const Daemon daemon(engine_, {{"ZFSREST_WRITE_DEADLINE_MS", "120000"}});
  make_pool(daemon, engine_, "tank");
  make_datasets(engine_, "tank/tree", 25);
  // Long user properties on each snapshot make the answer long.
  std::string properties;
  for (int i = 0; i < 100; ++i)
    properties +=
        (i > 0 ? ",\"a:" : "\"a:") + std::to_string(i) + "\":\"" + std::string(8'000, 'v') + "\"";
  const Answer answer = daemon.ask_tcp(
      "POST", "/v1/snapshots",
      R"({"snapshots":["tank@all"],"recursive":true,"properties":{)" + properties + "}}");
  EXPECT_EQ(answer.status, 201) << answer.body.substr(0, 1000);
  EXPECT_GT(answer.body.size(), 16U << 20);
  EXPECT_TRUE(answer.body.ends_with("]}"));
  EXPECT_TRUE(daemon.answers());
}

// A job that rests, so that it never ends by itself; where it is.
std::string begin_resting_job(const Daemon& daemon) {
  const std::string job = daemon.ask("POST", "/v1/pools/tank/initialize", "{}").field("Location");
  EXPECT_EQ(member(daemon.ask("POST", job + "/pause", "{}").body, "state"), "paused");
  return job;
}

Request wait_for(const Daemon& daemon, const std::string& job, const std::string& seconds) {
  return {.target = job, .fields = daemon.authorization() + "Prefer: wait=" + seconds + "\r\n"};
}

class Waits : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  std::vector<Address> addresses() const { return {daemon_.tcp(), daemon_.unix_socket()}; }
  // What one is answered who wants to wait a little.
  Answer wait_a_little(const Address& address, const std::string& job) const {
    return Connection(address).ask(wait_for(daemon_, job, "1"));
  }

  userland::Engine engine_;
  const Daemon daemon_{engine_, {{"ZFSREST_CONNECTIONS", "8"}, {"ZFSREST_UNIX_CONNECTIONS", "8"}}};
};

TEST_F(Waits, ThoseWhoHaveGoneKeepNobodyOut) {
  const std::string job = begin_resting_job(daemon_);
  for (const Address& address : addresses()) {
    for (int i = 0; i < 40; ++i) Connection(address).send(wait_for(daemon_, job, "3600"));
    EXPECT_TRUE(eventually([&] { return Connection(address).ask({}).status == 200; }));
    EXPECT_TRUE(eventually([&] {
      return wait_a_little(address, job).field("Preference-Applied") == "wait=1";
    })) << "there is a place to wait again";
  }
  EXPECT_TRUE(eventually([&] { return open_files(daemon_.gateway()).size() <= 24; }))
      << open_files(daemon_.gateway()).size();
  EXPECT_EQ(member(daemon_.ask("GET", job).body, "state"), "paused");
}

TEST_F(Waits, ThoseWhoStayLeaveHalfOfThePlacesToOthers) {
  const std::string job = begin_resting_job(daemon_);
  std::vector<Connection> waiting;
  for (const Address& address : addresses()) {
    for (int i = 0; i < 4; ++i) {
      waiting.emplace_back(address);
      waiting.back().send(wait_for(daemon_, job, "3600"));
    }
    Answer answer;
    EXPECT_TRUE(eventually([&] {
      answer = wait_a_little(address, job);
      return answer.field("Preference-Applied").empty();
    })) << answer.head;
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(member(answer.body, "state"), "paused") << answer.body;
    const Answer accepted =
        Connection(address).ask({.method = "POST",
                                 .target = "/v1/pools/tank/wait",
                                 .body = R"({"activity":"initialize"})",
                                 .fields = wait_for(daemon_, job, "3600").fields});
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    EXPECT_EQ(Connection(address).ask({}).status, 200);
  }
  EXPECT_EQ(daemon_.ask_tcp("POST", job + "/cancel", "{}").status, 200);
  for (Connection& connection : waiting) {
    const Answer answer = connection.read_answer();
    EXPECT_EQ(answer.field("Preference-Applied"), "wait=3600");
    EXPECT_EQ(member(answer.body, "state"), "canceled");
  }
}

TEST_F(Waits, WhoEndsItsOwnSideIsAnsweredAtOnceAndTheJobGoesOn) {
  const std::string job = begin_resting_job(daemon_);
  for (const Address& address : addresses()) {
    Connection reader(address);
    reader.send(wait_for(daemon_, job, "3600"));
    ::shutdown(reader.fd(), SHUT_WR);
    EXPECT_EQ(member(reader.read_answer().body, "state"), "paused");
    EXPECT_TRUE(reader.is_closed_by_peer());

    // What rests is not waited for.
    EXPECT_EQ(daemon_.ask_tcp("POST", job + "/resume", "{}").status, 200);
    Connection beginner(address);
    beginner.send({.method = "POST",
                   .target = "/v1/pools/tank/wait",
                   .body = R"({"activity":"initialize"})",
                   .fields = wait_for(daemon_, job, "3600").fields});
    std::this_thread::sleep_for(milliseconds(50));
    ::shutdown(beginner.fd(), SHUT_WR);
    const Answer accepted = beginner.read_answer();
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    const std::string begun = accepted.field("Location");
    EXPECT_TRUE(
        eventually([&] { return member(daemon_.ask("GET", begun).body, "state") == "running"; }));
    EXPECT_EQ(daemon_.ask_tcp("POST", job + "/pause", "{}").status, 200);
  }
}

TEST_F(Waits, WhatIsAskedMeanwhileIsAnsweredAfterwards) {
  const std::string job = begin_resting_job(daemon_);
  Connection connection(daemon_.tcp());
  connection.send(wait_for(daemon_, job, "1"));
  std::this_thread::sleep_for(milliseconds(100));
  connection.send({});
  const Answer first = connection.read_answer();
  EXPECT_EQ(first.field("Preference-Applied"), "wait=1");
  EXPECT_EQ(member(first.body, "state"), "paused");
  EXPECT_EQ(member(connection.read_answer().body, "status"), "alive");

  connection.send(wait_for(daemon_, job, "3600"));
  for (int i = 0; i < 2'000; ++i) connection.send({});
  EXPECT_EQ(member(connection.read_answer().body, "state"), "paused")
      << "its end could not be seen behind all that";
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(connection.read_answer().status, 200) << i;
}

TEST_F(Waits, ThatItWaitedIsSaidOnlyWhereThereWasAJob) {
  make_datasets(engine_, "tank/tree", 3);
  const auto ask = [&](const std::string& method, const std::string& target,
                       const std::string& body) {
    return Connection(daemon_.unix_socket())
        .ask({.method = method,
              .target = target,
              .body = body,
              .fields = "Prefer: wait=5000000000\r\n"});
  };
  const Answer one = ask("DELETE", "/v1/datasets/tank%2Ftree%2F0", "");
  EXPECT_EQ(one.status, 204) << one.body;
  EXPECT_EQ(one.field("Preference-Applied"), "");
  EXPECT_EQ(ask("DELETE", "/v1/datasets/tank%2Ftree?recursive=true&plan=true", "")
                .field("Preference-Applied"),
            "");
  const Answer missing = ask("POST", "/v1/pools/nothing/scrub", "{}");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.field("Preference-Applied"), "");
  const Answer tree = ask("DELETE", "/v1/datasets/tank%2Ftree?recursive=true", "");
  EXPECT_EQ(tree.status, 204) << tree.body;
  EXPECT_EQ(tree.field("Preference-Applied"), "wait=3600");
}

}  // namespace
}  // namespace zfsrest::faults
