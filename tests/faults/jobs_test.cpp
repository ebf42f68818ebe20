// Jobs under which processes die: all are found again, none is done twice, and each says what
// became of it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "daemon.hpp"
#include "frozen.hpp"

namespace zfsrest::faults {
namespace {

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

class Jobs : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  // Asks for a job, and returns where it is.
  std::string begin(const std::string& method, const std::string& target,
                    const std::string& body = "") const {
    const Answer accepted = daemon_.ask(method, target, body);
    EXPECT_EQ(accepted.status, 202) << accepted.body << daemon_.log();
    return accepted.field("Location");
  }
  std::string read(const std::string& job) const { return daemon_.ask("GET", job).body; }
  std::string state_of(const std::string& job) const { return member(read(job), "state"); }
  // The names of its steps are those of the tree's datasets that are gone; how many are left.
  int expect_true_steps(const std::string& done, const std::string& tree, int tree_size) const {
    const std::string list = "\n" + engine_.expect("zfs list -H -o name -r tank") + "\n";
    const std::size_t from = done.find("\"steps\":[");
    const std::string steps = done.substr(from, done.find(']', from) - from);
    int left = 0;
    for (int i = 0; i < tree_size; ++i) {
      const std::string name = tree + "/" + std::to_string(i);
      const bool is_left = list.find("\n" + name + "\n") != std::string::npos;
      left += is_left;
      EXPECT_NE(steps.find("\"" + name + "\"") != std::string::npos, is_left) << name;
    }
    EXPECT_EQ(member(done, "total"), std::to_string(tree_size + 1));
    const int objects_left = left + (list.find("\n" + tree + "\n") != std::string::npos);
    EXPECT_EQ(member(done, "done"), std::to_string(tree_size + 1 - objects_left));
    return left;
  }
  // Begins to destroy a tree, and returns when some of it is gone.
  std::string destroy_some(const std::string& tree, int tree_size) const {
    make_datasets(engine_, tree, tree_size);
    const std::string job = begin(
        "DELETE", "/v1/datasets/tank%2F" + tree.substr(tree.find('/') + 1) + "?recursive=true");
    EXPECT_TRUE(eventually(
        [&] { return count_lines(engine_, "zfs list -H -o name -r " + tree) < tree_size; }));
    return job;
  }
  // As if the agent had been killed while it told the kernel to begin a scrub; `python` says what
  // else was different, of `job` and `evidence`. The daemon must not run.
  void forget_beginning(const std::string& job, const std::string& python) const {
    const userland::Outcome edited = userland::run_plain(
        "/usr/bin/python3 -c 'import json, sqlite3, time\n"
        "db = sqlite3.connect(\"" +
        daemon_.state() +
        "/jobs.db\")\n"
        "which = (" +
        job.substr(job.rfind('/') + 1) +
        ",)\n"
        "row = db.execute(\"SELECT job, evidence FROM jobs WHERE id = ?\", which).fetchone()\n"
        "job, evidence = map(json.loads, row)\n"
        "job.update(state=\"running\", ended=None, result=None, progress=None)\n"
        "evidence.update(before=evidence[\"started\"], started=None)\n" +
        python +
        "\n"
        "db.execute(\"UPDATE jobs SET job = ?, evidence = ? WHERE id = ?\",\n"
        "           (json.dumps(job), json.dumps(evidence)) + which)\n"
        "db.commit()'");
    EXPECT_EQ(edited.status, 0) << edited.output;
  }
  // What the job says when it has ended.
  std::string ended(const std::string& job) const {
    return Connection(daemon_.unix_socket())
        .ask({.target = job, .fields = "Prefer: wait=60\r\n"})
        .body;
  }

  userland::Engine engine_;
  Daemon daemon_{engine_};
};

TEST_F(Jobs, WhatTheKernelStillDoesIsAdoptedWithItsProgress) {
  const std::string job = begin("POST", "/v1/pools/tank/initialize", "{}");
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_TRUE(eventually([&] { return state_of(job) == "running"; })) << read(job);
  EXPECT_TRUE(eventually([&] {
    const std::string done = member(read(job), "done");
    return !done.empty() && done != "0";
  })) << read(job);
  EXPECT_EQ(member(daemon_.ask("POST", job + "/pause", "{}").body, "state"), "paused");
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_TRUE(eventually([&] { return state_of(job) == "paused"; })) << read(job);
  EXPECT_EQ(member(daemon_.ask("POST", job + "/cancel", "{}").body, "state"), "canceled");
  EXPECT_EQ(count(daemon_.ask("GET", "/v1/jobs").body, "\"operation\""), 1);
}

// The agent that is asked to give it up has never seen the pool.
TEST_F(Jobs, OneWhosePoolLeftWhileTheAgentWasAwayCanBeGivenUp) {
  const std::string job = begin("POST", "/v1/pools/tank/initialize", "{}");
  EXPECT_EQ(member(daemon_.ask("POST", job + "/pause", "{}").body, "state"), "paused");
  engine_.expect("zpool export tank");
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_TRUE(eventually([&] { return state_of(job) == "recovering"; })) << read(job);
  const Answer canceled = daemon_.ask("POST", job + "/cancel", "{}");
  EXPECT_EQ(member(canceled.body, "state"), "undetermined") << canceled.body;
}

TEST_F(Jobs, WhatEndedWhileTheAgentWasAwayHasEnded) {
  const std::string job = begin("POST", "/v1/pools/tank/scrub", "{}");
  daemon_.kill_and_wait(daemon_.agent());
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "succeeded") << done;
  // The next one is another's, and has no say in what became of the first.
  engine_.expect("zpool scrub -w tank");
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_EQ(state_of(job), "succeeded");
}

// --- sequences ---

constexpr int tree_size = 100;

TEST_F(Jobs, AnInterruptedDestructionSaysExactlyWhatIsGone) {
  const std::string job = destroy_some("tank/tree", tree_size);
  daemon_.kill_and_wait(daemon_.agent());
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "failed") << done;
  EXPECT_EQ(member(done, "code"), "interrupted");
  EXPECT_GT(expect_true_steps(done, "tank/tree", tree_size), 0)
      << "the agent was not killed in the middle";
  // Asking again does the rest.
  const Answer rest = daemon_.ask("DELETE", "/v1/datasets/tank%2Ftree?recursive=true");
  EXPECT_EQ(member(ended(rest.field("Location")), "state"), "succeeded");
  EXPECT_EQ(engine_.expect("zfs list -H -o name -r tank"), "tank");
}

TEST_F(Jobs, AStepThatGoesOnWithoutItsAgentIsNotOverlooked) {
  constexpr int few = 3;
  for (const int moment : {0, 100, 200, 300, 400}) {
    const std::string tree = "tree" + std::to_string(moment);
    make_datasets(engine_, "tank/" + tree, few);
    std::string done;
    {
      // What the agent has begun is done when it is long gone.
      const Slow slow(engine_);
      const std::string job = begin("DELETE", "/v1/datasets/tank%2F" + tree + "?recursive=true");
      std::this_thread::sleep_for(std::chrono::milliseconds(moment));
      daemon_.kill_and_wait(daemon_.agent());
      done = ended(job);
    }
    engine_.expect("zpool sync tank");
    const int left = expect_true_steps(done, "tank/" + tree, few);
    EXPECT_TRUE(left == 0 || member(done, "state") == "failed") << done;
  }
}

TEST_F(Jobs, ADestructionThatIsCanceledSaysExactlyWhatIsGone) {
  const std::string job = destroy_some("tank/tree", tree_size);
  EXPECT_EQ(daemon_.ask("POST", job + "/cancel", "{}").status, 200);
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "canceled") << done;
  EXPECT_GT(expect_true_steps(done, "tank/tree", tree_size), 0) << "it was not canceled in time";
}

TEST_F(Jobs, ADestructionThatFailsInTheMiddleSaysExactlyWhatIsGone) {
  const std::string job = destroy_some("tank/tree", tree_size);
  // Something that was not there when it began.
  engine_.expect("zfs snapshot tank/tree@late");
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "failed") << done;
  EXPECT_NE(member(done, "code"), "interrupted") << done;
  EXPECT_EQ(expect_true_steps(done, "tank/tree", tree_size), 0);
  EXPECT_EQ(engine_.expect("zfs list -H -t all -o name -r tank"),
            "tank\ntank/tree\ntank/tree@late");
}

// --- what the kernel carries out ---

TEST_F(Jobs, ScrubsThatFollowOneAnotherAtOnceAreToldApart) {
  for (int round = 0; round < 4; ++round) {
    const std::string job = begin("POST", "/v1/pools/tank/scrub", "{}");
    engine_.expect("zpool wait -t scrub tank");
    // Else they could have begun in the same second.
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    begin("POST", "/v1/pools/tank/scrub", "{}");
    EXPECT_EQ(member(ended(job), "state"), "succeeded") << read(job);
    engine_.expect("zpool wait -t scrub tank");
  }
}

TEST_F(Jobs, AScrubThatWasNeverBegunIsNotTakenForTheNext) {
  const std::string job = begin("POST", "/v1/pools/tank/scrub", "{}");
  EXPECT_EQ(member(ended(job), "state"), "succeeded");
  EXPECT_EQ(daemon_.stop(SIGTERM).status, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
  forget_beginning(job,
                   R"(evidence["noted"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))");
  const Daemon next(engine_, {{"ZFSREST_STATE", daemon_.state()}});
  const Answer another = next.ask("POST", "/v1/pools/tank/scrub", "{}");
  EXPECT_EQ(another.status, 202) << another.body;
  const Request question{.target = job, .fields = "Prefer: wait=60\r\n"};
  const std::string done = Connection(next.unix_socket()).ask(question).body;
  EXPECT_EQ(member(done, "state"), "failed") << done;
  EXPECT_EQ(member(done, "code"), "interrupted") << done;
}

TEST_F(Jobs, OfTwoScrubsOfOneSecondNobodyKnowsWhetherTheSecondWasBegun) {
  const std::string job = begin("POST", "/v1/pools/tank/scrub", "{}");
  EXPECT_EQ(member(ended(job), "state"), "succeeded");
  EXPECT_EQ(daemon_.stop(SIGTERM).status, 0);
  forget_beginning(job, R"(evidence["noted"] = evidence["before"])");
  const Daemon next(engine_, {{"ZFSREST_STATE", daemon_.state()}});
  const Request question{.target = job, .fields = "Prefer: wait=60\r\n"};
  const std::string done = Connection(next.unix_socket()).ask(question).body;
  EXPECT_EQ(member(done, "state"), "undetermined") << done;
}

TEST_F(Jobs, AScrubIsNotGivenUpWhileTheKernelIsToldToBeginIt) {
  // So that the pool is looked at all the time.
  const std::string slow = begin("POST", "/v1/pools/tank/initialize", "{}");
  for (const int moment : {2, 4, 6, 8, 10}) {
    Connection connection(daemon_.unix_socket());
    connection.send({.method = "POST", .target = "/v1/pools/tank/scrub", .body = "{}"});
    std::this_thread::sleep_for(std::chrono::milliseconds(moment));
    {
      const Frozen frozen(engine_);
      std::this_thread::sleep_for(std::chrono::milliseconds(1'200));
    }
    const Answer accepted = connection.read_answer();
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    const std::string done = ended(accepted.field("Location"));
    EXPECT_EQ(member(done, "state"), "succeeded") << done;
  }
  daemon_.ask("POST", slow + "/cancel", "{}");
}

// --- what waits ---

TEST_F(Jobs, WhatWaitedIsDoneByTheNextAgent) {
  make_datasets(engine_, "tank/one", 20);
  make_datasets(engine_, "tank/two", 20);
  make_datasets(engine_, "tank/three", 20);
  make_datasets(engine_, "tank/four", 20);
  std::vector<std::string> jobs;
  for (const char* name : {"one", "two", "three", "four"})
    jobs.push_back(begin("DELETE", "/v1/datasets/tank%2F" + std::string(name) + "?recursive=true"));
  daemon_.kill_and_wait(daemon_.agent());
  int succeeded = 0;
  for (const std::string& job : jobs) {
    const std::string done = ended(job);
    const std::string state = member(done, "state");
    EXPECT_TRUE(state == "succeeded" || state == "failed") << done;
    succeeded += state == "succeeded";
  }
  // Two work at a time, so the others had not begun.
  EXPECT_GE(succeeded, 2);
}

TEST_F(Jobs, AWaitGoesOnWithTheNextAgent) {
  const std::string slow = begin("POST", "/v1/pools/tank/initialize", "{}");
  const std::string wait = begin("POST", "/v1/pools/tank/wait", R"({"activity":"initialize"})");
  EXPECT_TRUE(eventually([&] { return state_of(wait) == "running"; }));
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_TRUE(eventually([&] { return state_of(wait) == "running"; })) << read(wait);
  daemon_.ask("POST", slow + "/cancel", "{}");
  EXPECT_EQ(member(ended(wait), "state"), "succeeded");
}

TEST_F(Jobs, TheJournalIsForTheOwnerAloneAndOutlivesTheDaemon) {
  const std::string job = begin("POST", "/v1/pools/tank/trim", "{}");
  const std::string before = ended(job);
  EXPECT_EQ(member(before, "state"), "succeeded") << before;
  struct stat status{};
  ASSERT_EQ(::stat((daemon_.state() + "/jobs.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_EQ(read(job), before);
}

TEST_F(Jobs, NoneNoticesThatTheGatewayIsKilled) {
  std::vector<std::string> jobs;
  for (const char* name : {"one", "two", "three", "four"}) {
    make_datasets(engine_, "tank/" + std::string(name), 20);
    jobs.push_back(begin("DELETE", "/v1/datasets/tank%2F" + std::string(name) + "?recursive=true"));
  }
  const std::string slow = begin("POST", "/v1/pools/tank/initialize", "{}");
  const std::string wait = begin("POST", "/v1/pools/tank/wait", R"({"activity":"initialize"})");
  Connection waiting(daemon_.unix_socket());
  waiting.send({.target = jobs.back(), .fields = "Prefer: wait=60\r\n"});
  Connection begun(daemon_.unix_socket());
  begun.send({.method = "POST",
              .target = "/v1/pools/tank/wait",
              .body = R"({"activity":"initialize"})",
              .fields = "Prefer: wait=60\r\n"});
  EXPECT_TRUE(eventually([&] {
    return count(daemon_.ask("GET", "/v1/jobs?operation=pool.wait").body, "\"operation\"") == 2;
  }));
  const pid_t agent = daemon_.agent();
  daemon_.kill_and_wait(daemon_.gateway());
  EXPECT_EQ(waiting.read_answer().status, 0) << "nobody can answer on this connection";
  EXPECT_EQ(begun.read_answer().status, 0);
  EXPECT_EQ(daemon_.agent(), agent);
  EXPECT_EQ(state_of(slow), "running");
  EXPECT_EQ(state_of(wait), "running");
  for (const std::string& job : jobs) EXPECT_EQ(member(ended(job), "state"), "succeeded");
  daemon_.ask("POST", slow + "/cancel", "{}");
  EXPECT_EQ(member(ended(wait), "state"), "succeeded");
  // Of one whose answer was lost, the list tells.
  EXPECT_TRUE(eventually([&] {
    return count(daemon_.ask("GET", "/v1/jobs?operation=pool.wait&state=succeeded").body,
                 "\"operation\"") == 2;
  }));
}

// --- load ---

TEST(JobsKept, AJobThatTookLongIsKeptHoweverManyBeganAfterIt) {
  const userland::Engine engine;
  const Daemon daemon(engine, {{"ZFSREST_JOBS_KEPT", "2"}});
  make_pool(daemon, engine, "tank");
  const std::string slow = daemon.ask("POST", "/v1/pools/tank/initialize", "{}").field("Location");
  EXPECT_EQ(member(daemon.ask("POST", slow + "/pause", "{}").body, "state"), "paused");
  std::string last;
  for (int i = 0; i < 3; ++i) {
    last = daemon.ask("POST", "/v1/pools/tank/wait", R"({"activity":"scrub"})").field("Location");
    EXPECT_TRUE(
        eventually([&] { return member(daemon.ask("GET", last).body, "state") == "succeeded"; }));
  }
  EXPECT_EQ(member(daemon.ask("POST", slow + "/cancel", "{}").body, "state"), "canceled");
  EXPECT_EQ(member(daemon.ask("GET", slow).body, "state"), "canceled");
  EXPECT_EQ(daemon.ask("GET", last).status, 200);
  EXPECT_EQ(count(daemon.ask("GET", "/v1/jobs").body, "\"operation\""), 2);
}

TEST_F(Jobs, AThousandJobsOnTenPoolsFinish) {
  constexpr int pools = 10;
  constexpr int per_pool = 100;
  std::vector<std::string> names;
  for (int i = 0; i < pools; ++i) {
    names.push_back("pool" + std::to_string(i));
    make_pool(daemon_, engine_, names.back());
  }
  std::vector<std::string> jobs;
  for (int i = 0; i < per_pool; ++i)
    for (const std::string& name : names)
      jobs.push_back(begin("POST", "/v1/pools/" + name + "/wait", R"({"activity":"free"})"));
  EXPECT_EQ(std::set<std::string>(jobs.begin(), jobs.end()).size(), jobs.size());
  EXPECT_TRUE(eventually([&] {
    return count(daemon_.ask("GET", "/v1/jobs?state=queued,running&limit=10000").body,
                 "\"operation\"") == 0;
  }));
  EXPECT_EQ(count(daemon_.ask("GET", "/v1/jobs?state=succeeded&limit=10000").body, "\"operation\""),
            pools * per_pool);
}

}  // namespace
}  // namespace zfsrest::faults
