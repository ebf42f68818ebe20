// An engine that does not answer: nothing hangs, and what callers are told is true afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include "daemon.hpp"
#include "frozen.hpp"

namespace zfsrest::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class Deadlines : public testing::Test {
 protected:
  void SetUp() override {
    make_pool(daemon_, engine_, "tank");
    EXPECT_EQ(daemon_.ask("GET", "/v1/pools/tank").status, 200);
  }

  // Sends a request on a connection of its own, and leaves the answer to be read.
  Connection send(const std::string& method, const std::string& target,
                  const std::string& body = "") const {
    Connection connection(daemon_.tcp());
    connection.send(
        {.method = method, .target = target, .body = body, .fields = daemon_.authorization()});
    return connection;
  }
  Connection send_create(const std::string& dataset) const {
    return send("POST", "/v1/datasets", R"({"name":")" + dataset + R"("})");
  }
  std::string datasets() const { return engine_.expect("zfs list -H -o name -r tank"); }

  // A pool has so many.
  static constexpr int write_workers = 32;

  userland::Engine engine_;
  Daemon daemon_{engine_, {{"ZFSREST_WRITE_DEADLINE_MS", "1500"}, {"ZFSREST_QUEUE", "8"}}};
};

TEST_F(Deadlines, ReadsAreTurnedAwayAtTheirsWhileTheGatewayAnswers) {
  Frozen frozen(engine_);
  const auto begin = Clock::now();
  for (const char* target :
       {"/v1/pools", "/v1/pools/tank/status", "/v1/datasets", "/v1/datasets?under=tank",
        "/v1/datasets/tank", "/v1/snapshots", "/v1/snapshots/tank@none"}) {
    Connection connection = send("GET", target);
    EXPECT_EQ(Connection(daemon_.tcp()).ask({}).status, 200);
    const Answer answer = connection.read_answer();
    EXPECT_EQ(answer.status, 503) << target << answer.body;
    EXPECT_EQ(answer.code(), "deadline") << target;
    EXPECT_EQ(answer.field("Retry-After"), "1") << target;
  }
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin) / 7;
  std::cout << "a read is turned away after " << took.count() << " ms\n";
  EXPECT_LT(took, std::chrono::seconds(10));
}

TEST_F(Deadlines, WhatCanBeDoneIsSaidWhileNothingAnswers) {
  Frozen frozen(engine_);
  // More than there are workers.
  for (int i = 0; i < 20; ++i) {
    const Answer answer = daemon_.ask_tcp("GET", "/v1/capabilities");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find(R"("engine":"userland")"), std::string::npos) << answer.body;
  }
}

TEST_F(Deadlines, APoolThatDoesNotAnswerIsShownAsItWas) {
  ASSERT_EQ(daemon_.ask("GET", "/v1/pools/tank/status").status, 200);
  Frozen frozen(engine_);
  // More than there are workers for it: what is stuck does not keep the others waiting.
  for (const char* target : {"/v1/pools/tank", "/v1/pools/tank/status"}) {
    for (int i = 0; i < 6; ++i) {
      const Answer answer = daemon_.ask_tcp("GET", target);
      EXPECT_EQ(answer.status, 200) << target << answer.body;
      EXPECT_EQ(answer.body.find(R"("as_of":null)"), std::string::npos) << answer.body;
      EXPECT_NE(answer.body.find(R"("as_of":"20)"), std::string::npos) << answer.body;
    }
  }
  const Answer list = daemon_.ask_tcp("GET", "/v1/pools");
  EXPECT_EQ(list.status, 503) << "the names of the pools are the kernel's to tell";
  // A worker is left for what may help.
  Connection clear = send("POST", "/v1/pools/tank/clear", "{}");
  std::this_thread::sleep_for(milliseconds(300));
  frozen.thaw();
  EXPECT_EQ(clear.read_answer().status, 200);
  for (const char* target : {"/v1/pools/tank", "/v1/pools/tank/status"})
    EXPECT_TRUE(eventually([&] {
      return daemon_.ask_tcp("GET", target).body.find(R"("as_of":null)") != std::string::npos;
    })) << target;
}

TEST_F(Deadlines, ListsAsLinesAreTurnedAwayAtTheirsBeforeTheFirst) {
  Frozen frozen(engine_);
  Connection connection(daemon_.tcp());
  const Answer answer =
      connection.ask({.target = "/v1/datasets",
                      .fields = daemon_.authorization() + "Accept: application/x-ndjson\r\n"});
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(answer.code(), "deadline");
}

// Lists that have a deadline as a whole would come to this one long before their first line: the
// gateway waits for five seconds longer than the agent does for a read.
class LongLists : public Deadlines {
 protected:
  static constexpr int snapshots = 100;

  void SetUp() override {
    Deadlines::SetUp();
    engine_.expect("for i in $(seq " + std::to_string(snapshots) +
                   "); do zfs snapshot tank@s$i; done");
    Environment settings = waiting_before_ioctls(milliseconds(80));
    settings.emplace("ZFSREST_READ_DEADLINE_MS", "1000");
    settings.emplace("ZFSREST_TEST_IOCTLS", ioctls_);
    slow_ = std::make_unique<Daemon>(engine_, std::move(settings));
  }

  Connection begin_list(const std::string& query) const {
    Connection connection(slow_->tcp());
    connection.send({.target = "/v1/snapshots?under=tank&fields=name&" + query,
                     .fields = slow_->authorization() + "Accept: application/x-ndjson\r\n"});
    return connection;
  }

  const std::string ioctls_ = engine_.directory() / "ioctls";
  std::unique_ptr<Daemon> slow_;
};

TEST_F(LongLists, AsLinesHaveNoDeadlineAsAWhole) {
  const auto begin = Clock::now();
  Connection nothing = begin_list("filter=name=none");
  Connection sorted = begin_list("sort=-name&limit=50");
  const Answer without = nothing.read_answer();
  EXPECT_EQ(without.status, 200) << without.body;
  EXPECT_EQ(std::ranges::count(without.body, '\n'), 1) << without.body;
  EXPECT_GT(Clock::now() - begin, std::chrono::seconds(6)) << "not slow enough to tell anything";
  const Answer with = sorted.read_answer();
  EXPECT_EQ(with.status, 200) << with.body;
  EXPECT_EQ(std::ranges::count(with.body, '\n'), 51);
}

TEST_F(LongLists, ThatFailBeforeTheFirstLineSayWhy) {
  Connection nothing = begin_list("filter=name=none");
  std::this_thread::sleep_for(std::chrono::seconds(3));
  Frozen frozen(engine_);
  const Answer answer = nothing.read_answer();
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(answer.code(), "deadline") << answer.body;
}

TEST_F(LongLists, ThatNobodyReadsEndBeforeTheyHaveAskedForAll) {
  const std::size_t before = count_ioctls(ioctls_);
  {
    const Connection sorted = begin_list("sort=-name");
    std::this_thread::sleep_for(std::chrono::seconds(3));
  }
  std::size_t asked = 0;
  EXPECT_TRUE(eventually([&] {
    const std::size_t then = std::exchange(asked, count_ioctls(ioctls_));
    std::this_thread::sleep_for(milliseconds(500));
    return asked == then;
  }));
  EXPECT_GT(asked, before + 3);
  EXPECT_LT(asked, before + snapshots);
}

// What is read in a snapshot stays in memory as long as the file system is open that it is the last
// of. With all of them open there the engine had room for nothing else, and looked for some.
TEST_F(Deadlines, ListsOfTheSnapshotsOfManyFileSystemsAreWhole) {
  constexpr int each = 450;
  const std::string numbers = "$(seq " + std::to_string(each) + ")";
  engine_.expect("for i in " + numbers + "; do zfs create tank/$i || exit; done");
  for (const char* name : {"a", "b", "c"})
    engine_.expect(std::string("zfs snapshot -r tank@") + name);
  const Daemon daemon(engine_);
  for (int round = 0; round < 3; ++round) {
    Connection connection(daemon.tcp());
    const Answer list =
        connection.ask({.target = "/v1/snapshots?under=tank",
                        .fields = daemon.authorization() + "Accept: application/x-ndjson\r\n"});
    EXPECT_EQ(list.status, 200) << list.body;
    EXPECT_EQ(std::ranges::count(list.body, '\n'), 3 * (each + 1) + 1);
  }
  engine_.expect("zfs destroy -r tank@a,b,c && for i in " + numbers +
                 "; do zfs destroy tank/$i; done");
}

TEST_F(Deadlines, ListsThatWaitKeepNothingElseWaiting) {
  const Daemon daemon(engine_, {{"ZFSREST_READ_DEADLINE_MS", "20000"}});
  ASSERT_TRUE(daemon.answers());
  Frozen frozen(engine_);
  std::vector<Connection> lists;
  for (int i = 0; i < 20; ++i) {
    lists.emplace_back(daemon.tcp());
    lists.back().send({.target = "/v1/snapshots?under=tank", .fields = daemon.authorization()});
  }
  // What asks the kernel for nothing is answered long before any of them passes its deadline.
  const auto begin = Clock::now();
  EXPECT_EQ(daemon.ask_tcp("GET", "/v1/jobs").status, 200);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(10));
  frozen.thaw();
  for (Connection& list : lists) EXPECT_EQ(list.read_answer().status, 200);
}

TEST_F(Deadlines, WithTheDeviceClosedReadsAreTurnedAwayAtTheirsAsWell) {
  const Daemon daemon(engine_, {{"ZFSREST_DEVICE_IDLE_MS", "100"}});
  ASSERT_TRUE(daemon.answers());
  std::this_thread::sleep_for(milliseconds(500));
  Frozen frozen(engine_);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(daemon.ask_tcp("GET", "/v1/datasets/tank").code(), "deadline");
  frozen.thaw();
  EXPECT_TRUE(eventually([&] { return daemon.answers(); }));
}

TEST_F(Deadlines, AWriteThatWaitsIsWithdrawnAndOneThatHasBegunHasAnUnknownOutcome) {
  // All of the pool's workers for writes have something to do, so that the rest waits.
  ASSERT_EQ(daemon_.ask("POST", "/v1/datasets", R"({"name":"tank/first"})").status, 201);
  Frozen frozen(engine_);
  std::vector<Connection> begun;
  begun.reserve(write_workers);
  std::vector<Connection> waiting;
  waiting.reserve(4);
  for (int i = 0; i < write_workers; ++i)
    begun.push_back(send_create("tank/begun" + std::to_string(i)));
  std::this_thread::sleep_for(milliseconds(300));
  for (int i = 0; i < 4; ++i) waiting.push_back(send_create("tank/waiting" + std::to_string(i)));
  for (Connection& connection : begun) {
    const Answer answer = connection.read_answer();
    EXPECT_EQ(answer.status, 504) << answer.body;
    EXPECT_EQ(answer.code(), "outcome_unknown");
  }
  for (Connection& connection : waiting) {
    const Answer answer = connection.read_answer();
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.code(), "deadline");
    EXPECT_EQ(answer.field("Retry-After"), "1");
  }
  frozen.thaw();
  for (int i = 0; i < write_workers; ++i)
    EXPECT_TRUE(eventually(
        [&] { return datasets().find("tank/begun" + std::to_string(i)) != std::string::npos; }));
  EXPECT_EQ(daemon_.ask("POST", "/v1/datasets", R"({"name":"tank/last"})").status, 201);
  EXPECT_EQ(datasets().find("waiting"), std::string::npos) << datasets();
}

TEST_F(Deadlines, AWriteToAPoolThatIsYetToBeLookedUpIsWithdrawnWhileThatWaits) {
  Daemon daemon(engine_, {{"ZFSREST_WRITE_DEADLINE_MS", "500"}});
  // The first write to a pool since the agent began: it has no workers yet, and the kernel is asked
  // for it.
  Frozen frozen(engine_);
  const Answer answer = daemon.ask_tcp("POST", "/v1/datasets", R"({"name":"tank/never"})");
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(answer.code(), "deadline");
  frozen.thaw();
  EXPECT_EQ(daemon.ask_tcp("POST", "/v1/datasets", R"({"name":"tank/after"})").status, 201);
  EXPECT_EQ(datasets().find("tank/never"), std::string::npos);
}

TEST_F(Deadlines, AFullQueueTurnsAwayAtOnceAndAllIsWellAfterwards) {
  const pid_t agent = daemon_.agent();
  Frozen frozen(engine_);
  constexpr int many = write_workers + 40;
  std::vector<Connection> connections;
  connections.reserve(many);
  for (int i = 0; i < many; ++i)
    connections.push_back(send_create("tank/many" + std::to_string(i)));
  int overloaded = 0;
  int withdrawn = 0;
  int unknown = 0;
  for (Connection& connection : connections) {
    const Answer answer = connection.read_answer();
    EXPECT_TRUE(answer.status == 503 || answer.status == 504) << answer.status << answer.body;
    if (answer.status == 503) EXPECT_EQ(answer.field("Retry-After"), "1");
    overloaded += answer.code() == "overloaded" ? 1 : 0;
    withdrawn += answer.code() == "deadline" ? 1 : 0;
    unknown += answer.code() == "outcome_unknown" ? 1 : 0;
  }
  EXPECT_EQ(overloaded + withdrawn + unknown, many);
  EXPECT_GT(overloaded, 0);
  frozen.thaw();
  EXPECT_TRUE(eventually([&] { return daemon_.ask("GET", "/v1/pools/tank").status == 200; }));
  EXPECT_EQ(daemon_.ask("POST", "/v1/datasets", R"({"name":"tank/after"})").status, 201);
  // Only what was begun was made: what the answers called unknown.
  EXPECT_EQ(engine_.expect("zfs list -H -o name -r tank | grep -c many || true"),
            std::to_string(unknown));
  EXPECT_LE(count_threads(agent), write_workers + 24U);
}

}  // namespace
}  // namespace zfsrest::faults
