// Requests that are sent again because nobody knows what became of them.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "daemon.hpp"
#include "frozen.hpp"

namespace zfsrest::faults {
namespace {

class Repeats : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  static Answer keyed(const Daemon& daemon, const std::string& key, const std::string& method,
                      const std::string& target, const std::string& body = "") {
    return Connection(daemon.unix_socket())
        .ask({.method = method,
              .target = target,
              .body = body,
              .fields = daemon.authorization() + "Idempotency-Key: " + key + "\r\n"});
  }
  Answer keyed(const std::string& key, const std::string& method, const std::string& target,
               const std::string& body = "") const {
    return keyed(daemon_, key, method, target, body);
  }
  // So that the pool's workers are there, and what comes next begins even though the engine stands
  // still.
  static void warm_up(const Daemon& daemon) {
    EXPECT_EQ(daemon.ask("PATCH", "/v1/datasets/tank", R"({"properties":{"a:b":"1"}})").status,
              200);
  }
  int count_datasets() const { return count_lines(engine_, "zfs list -H -o name -r tank"); }

  userland::Engine engine_;
  Daemon daemon_{engine_};
};

TEST_F(Repeats, AnAnswerOutlivesAgentGatewayAndDaemon) {
  const std::string body = R"({"name":"tank/a"})";
  const Answer first = keyed("k", "POST", "/v1/datasets", body);
  EXPECT_EQ(first.status, 201) << first.body;
  const auto expect_the_same = [&](const Daemon& daemon) {
    const Answer again = keyed(daemon, "k", "POST", "/v1/datasets", body);
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("Location"), first.field("Location"));
    EXPECT_EQ(again.field("ETag"), first.field("ETag"));
    EXPECT_EQ(keyed(daemon, "k", "POST", "/v1/datasets", R"({"name":"tank/b"})").code(),
              "key_reused");
  };
  daemon_.kill_and_wait(daemon_.agent());
  expect_the_same(daemon_);
  daemon_.kill_and_wait(daemon_.gateway());
  expect_the_same(daemon_);
  daemon_.stop(SIGTERM);
  const Daemon next(userland::build_directory() / "bin/zfsrestd",
                    environment_for(daemon_.state(), engine_));
  expect_the_same(next);
  EXPECT_EQ(count_datasets(), 2);
}

TEST_F(Repeats, WhatWasInterruptedIsSaidToBe) {
  const std::string body = R"({"name":"tank/a"})";
  warm_up(daemon_);
  {
    const Frozen frozen(engine_);
    Connection first(daemon_.tcp());
    first.send({.method = "POST",
                .target = "/v1/datasets",
                .body = body,
                .fields = daemon_.authorization() + "Idempotency-Key: k\r\n"});
    // Long enough for it to come before the next.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_TRUE(eventually(
        [&] { return keyed("k", "POST", "/v1/datasets", body).code() == "request_running"; }));
    ::kill(daemon_.agent(), SIGKILL);
    EXPECT_EQ(first.read_answer().code(), "outcome_unknown");
  }
  Answer again;
  EXPECT_TRUE(eventually([&] {
    again = keyed("k", "POST", "/v1/datasets", body);
    return again.status != 503;
  }));
  EXPECT_EQ(again.status, 504) << again.body;
  EXPECT_EQ(again.code(), "outcome_unknown");
  EXPECT_NE(again.body.find("interrupted"), std::string::npos) << again.body;
}

TEST_F(Repeats, WhatTakesTooLongIsAnsweredLater) {
  const Daemon hasty(engine_, {{"ZFSREST_WRITE_DEADLINE_MS", "300"}});
  const std::string body = R"({"name":"tank/a"})";
  warm_up(hasty);
  {
    const Frozen frozen(engine_);
    EXPECT_EQ(keyed(hasty, "k", "POST", "/v1/datasets", body).status, 504);
    EXPECT_EQ(keyed(hasty, "k", "POST", "/v1/datasets", body).code(), "request_running");
  }
  Answer again;
  EXPECT_TRUE(eventually([&] {
    again = keyed(hasty, "k", "POST", "/v1/datasets", body);
    return again.code() != "request_running";
  }));
  EXPECT_EQ(again.status, 201) << again.body;
}

TEST_F(Repeats, AJobThatWasInterruptedIsFoundByItsKey) {
  make_datasets(engine_, "tank/tree", 60);
  const std::string target = "/v1/datasets/tank%2Ftree?recursive=true";
  const Answer first = keyed("k", "DELETE", target);
  EXPECT_EQ(first.status, 202) << first.body;
  daemon_.kill_and_wait(daemon_.agent());
  const Answer again = keyed("k", "DELETE", target);
  EXPECT_EQ(again.status, 202) << again.body;
  EXPECT_EQ(again.field("Location"), first.field("Location"));
}

TEST_F(Repeats, AJobThatBeganNothingCountsAsNeverSent) {
  make_datasets(engine_, "tank/tree", 200);
  const std::string target = "/v1/datasets/tank%2Ftree?recursive=true";
  const std::string first = daemon_.ask("DELETE", target).field("Location");
  const std::string second = keyed("k", "DELETE", target).field("Location");
  ASSERT_FALSE(first.empty() || second.empty());
  const auto is_over = [&](const std::string& job, const std::string& state) {
    return eventually([&] { return member(daemon_.ask("GET", job).body, "state") == state; });
  };
  {
    // The first has the tree, and the second does not get it.
    const Frozen frozen(engine_);
    EXPECT_TRUE(is_over(second, "failed"));
  }
  EXPECT_TRUE(is_over(first, "succeeded"));
  engine_.expect("zfs create tank/tree");
  const std::string third = keyed("k", "DELETE", target).field("Location");
  EXPECT_NE(third, second);
  EXPECT_TRUE(is_over(third, "succeeded"));
  EXPECT_EQ(keyed("k", "DELETE", target).field("Location"), third);
  EXPECT_EQ(count_datasets(), 1);
}

TEST_F(Repeats, AConditionDoesNotOutliveTheAgent) {
  for (const char* tree : {"tank/a", "tank/b"}) make_datasets(engine_, tree, 200);
  engine_.expect("zfs create tank/other");
  const std::string path = "/v1/datasets/tank%2Fother";
  const std::string tag = daemon_.ask("GET", path).field("ETag");
  // Two jobs work at a time.
  for (const char* tree : {"tank%2Fa", "tank%2Fb"})
    EXPECT_EQ(daemon_.ask("DELETE", "/v1/datasets/" + std::string(tree) + "?recursive=true").status,
              202);
  const Answer queued = Connection(daemon_.unix_socket())
                            .ask({.method = "DELETE",
                                  .target = path + "?recursive=true",
                                  .fields = "If-Match: " + tag + "\r\n"});
  ASSERT_EQ(queued.status, 202) << queued.body;
  EXPECT_EQ(member(queued.body, "state"), "queued");
  daemon_.kill_and_wait(daemon_.agent());
  const std::string job = queued.field("Location");
  EXPECT_TRUE(
      eventually([&] { return member(daemon_.ask("GET", job).body, "state") == "failed"; }));
  const std::string ended = daemon_.ask("GET", job).body;
  EXPECT_EQ(member(ended, "code"), "interrupted") << ended;
  EXPECT_EQ(daemon_.ask("GET", path).field("ETag"), tag);
}

TEST_F(Repeats, ATreeThatAnotherDestroysIsThereUntilItIsGone) {
  make_datasets(engine_, "tank/tree", 200);
  const std::string target = "/v1/datasets/tank%2Ftree";
  const std::string job = daemon_.ask("DELETE", target + "?recursive=true").field("Location");
  int plans = 0;
  while (daemon_.ask("GET", target).status == 200) {
    const Answer plan = daemon_.ask("DELETE", target + "?recursive=true&plan=true");
    if (plan.status == 200)
      ++plans;
    else
      EXPECT_EQ(member(plan.body, "subject"), "tank/tree") << plan.body;
  }
  EXPECT_GT(plans, 0);
  EXPECT_TRUE(
      eventually([&] { return member(daemon_.ask("GET", job).body, "state") == "succeeded"; }));
}

TEST_F(Repeats, IfMatchCanBeMadeADuty) {
  const Daemon careful(engine_, {{"ZFSREST_REQUIRE_IF_MATCH", "destructive"}});
  engine_.expect("zfs create tank/a");
  const std::string path = "/v1/datasets/tank%2Fa";
  const Answer bare = careful.ask("DELETE", path);
  EXPECT_EQ(bare.status, 428) << bare.body;
  EXPECT_EQ(bare.code(), "precondition_required");
  EXPECT_EQ(careful.ask("DELETE", path + "?plan=true").status, 200);
  EXPECT_EQ(careful.ask("PATCH", path, R"({"properties":{"org.example:a":"1"}})").status, 200);
  const std::string tag = careful.ask("GET", path).field("ETag");
  const auto with_tag = [&](const std::string& method, const std::string& body = "") {
    return Connection(careful.unix_socket())
        .ask(
            {.method = method, .target = path, .body = body, .fields = "If-Match: " + tag + "\r\n"})
        .status;
  };
  EXPECT_EQ(with_tag("DELETE"), 204);
  EXPECT_EQ(with_tag("DELETE"), 412);

  engine_.expect("zfs create tank/a");
  const Daemon strict(engine_, {{"ZFSREST_REQUIRE_IF_MATCH", "all"}});
  EXPECT_EQ(strict.ask("PATCH", path, R"({"properties":{"org.example:a":"1"}})").status, 428);
  EXPECT_EQ(strict.ask("POST", "/v1/datasets", R"({"name":"tank/b"})").status, 201)
      << "what is made had no state before";
}

}  // namespace
}  // namespace zfsrest::faults
