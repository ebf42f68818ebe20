// Disks that fail or do not answer, while the other pools go on as before.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "fixture.hpp"

namespace zfsrest::kernel {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

class Failures : public testing::Test {
 protected:
  void SetUp() override {
    daemon_.expect(201, "POST", "/v1/datasets", {{"name", "one/a"}});
    shell("echo kept > /one/a/file && zpool sync one");
  }

  void TearDown() override {
    // Else what a test that failed has left would keep all others waiting.
    if (!succeeds("test -e " + disk_.path())) {
      disk_.plug();
      shell("timeout 30 zpool clear one");
    }
  }

  // What everybody else sees meanwhile.
  void expect_the_rest_answers(const std::string& name) const {
    daemon_.expect(200, "GET", "/healthz");
    daemon_.expect(201, "POST", "/v1/datasets", {{"name", "two/" + name}});
    daemon_.expect(200, "GET", "/v1/datasets/two%2F" + name);
    EXPECT_EQ(daemon_.status_of("two").at("suspended"), json::Value());
  }
  bool is_suspended() const { return !daemon_.status_of("one").at("suspended").is_null(); }

  Disk disk_{1};
  Disk other_{2};
  Daemon daemon_{{{"ZFSREST_WRITE_DEADLINE_MS", "5000"}}};
  Pool one_{daemon_, "one", {&disk_}};
  Pool two_{daemon_, "two", {&other_}};
};

TEST_F(Failures, APoolWhoseDiskWasPulledIsSuspendedUntilItIsBackAndCleared) {
  disk_.pull();
  // As an administrator does: without it the module tries the disk for ever.
  daemon_.expect(200, "POST", "/v1/pools/one/reopen", json::Object{});
  faults::Connection begun = daemon_.begin("POST", "/v1/pools/one/sync", {{"force", true}});
  ASSERT_TRUE(eventually([&] { return is_suspended(); }));
  EXPECT_EQ(begun.read_answer().code(), "outcome_unknown");

  const json::Value status = daemon_.status_of("one");
  EXPECT_EQ(status.at("suspended").at("reason"), json::Value("io_failure"));
  EXPECT_EQ(status.at("health"), json::Value("unavail"));
  EXPECT_EQ(status.at("vdevs").at("data").at(0).at("state"), json::Value("unavail"));
  EXPECT_EQ(daemon_.expect(200, "GET", "/v1/pools/one").at("suspended").at("reason"),
            json::Value("io_failure"));
  const json::Value list = daemon_.expect(200, "GET", "/v1/pools");
  ASSERT_EQ(list.at("items").as_array().size(), 2U);
  EXPECT_EQ(list.at("items").at(0).at("suspended").at("reason"), json::Value("io_failure"));
  EXPECT_EQ(list.at("items").at(1).at("suspended"), json::Value());

  const json::Value snapshot = {{"snapshots", json::Array{json::Value("one/a@s")}}};
  const json::Value change = {{"properties", {{"atime", "off"}}}};
  const auto begin = Clock::now();
  for (const auto& [method, target, body] :
       {std::tuple("POST", "/v1/datasets", json::Value{{"name", "one/b"}}),
        std::tuple("POST", "/v1/snapshots", snapshot),
        std::tuple("PATCH", "/v1/datasets/one%2Fa", change),
        std::tuple("POST", "/v1/datasets/one%2Fa/rename", json::Value{{"to", "one/c"}}),
        std::tuple("POST", "/v1/datasets/one%2Fa/unmount", json::Value(json::Object{})),
        std::tuple("DELETE", "/v1/datasets/one%2Fa", json::Value()),
        std::tuple("DELETE", "/v1/pools/one", json::Value()),
        std::tuple("POST", "/v1/pools/one/clear", json::Value(json::Object{}))}) {
    EXPECT_EQ(daemon_.expect(503, method, target, body).at("code"), json::Value("suspended"))
        << method << " " << target;
    expect_the_rest_answers("n" + std::to_string(Clock::now().time_since_epoch().count()));
  }
  std::cout << "a refusal, with a look at the rest: " << since(begin).count() / 8 << " ms\n";

  disk_.plug();
  daemon_.expect(200, "POST", "/v1/pools/one/clear", json::Object{});
  EXPECT_TRUE(eventually([&] { return !is_suspended(); }));
  EXPECT_EQ(daemon_.status_of("one").at("health"), json::Value("online"));
  daemon_.expect(204, "POST", "/v1/pools/one/sync", {{"force", true}});
  daemon_.expect(201, "POST", "/v1/datasets", {{"name", "one/b"}});
  EXPECT_EQ(shell("cat /one/a/file"), "kept");
}

// A descriptor whose close waits for a suspended pool would, under 2.1, keep everybody from opening
// the device.
TEST_F(Failures, LeasesOnASuspendedPoolStayAndLockNobodyOut) {
  daemon_.expect(201, "POST", "/v1/snapshots", {{"snapshots", json::Array{"one/a@s"}}});
  const auto lease = [&](const std::string& tag, int seconds) {
    const json::Value held =
        daemon_.expect(200, "POST", "/v1/snapshots/hold",
                       {{"holds", json::Array{json::Object{{"snapshot", "one/a@s"}, {"tag", tag}}}},
                        {"lease_seconds", seconds}});
    return "/v1/leases/" + text_of(held.at("lease").at("lease"));
  };
  const std::string runs_out = lease("runs-out", 20);
  const std::string stays = lease("stays", 3'600);
  disk_.pull();
  daemon_.expect(200, "POST", "/v1/pools/one/reopen", json::Object{});
  const faults::Connection begun = daemon_.begin("POST", "/v1/pools/one/sync", {{"force", true}});
  ASSERT_TRUE(eventually([&] { return is_suspended(); }));
  EXPECT_EQ(daemon_.expect(503, "DELETE", stays).at("code"), json::Value("suspended"));
  EXPECT_EQ(daemon_.expect(503, "POST", stays + "/renew", json::Object{}).at("code"),
            json::Value("suspended"));
  // Until it is over the pool is asked what it holds, and that does not answer.
  EXPECT_EQ(daemon_.expect(503, "GET", stays).at("code"), json::Value("suspended"));
  EXPECT_TRUE(eventually([&] {
    const Answer lease_that_ends = daemon_.ask_tcp("GET", runs_out);
    return lease_that_ends.status == 200 &&
           lease_that_ends.body.find("\"ending\":true") != std::string::npos;
  }));
  // Long enough for it to have been tried.
  std::this_thread::sleep_for(std::chrono::seconds(3));
  EXPECT_EQ(shell("timeout 20 zpool list -H -o name two"), "two") << "it opens the device";
  expect_the_rest_answers("beside-leases");

  disk_.plug();
  daemon_.expect(200, "POST", "/v1/pools/one/clear", json::Object{});
  EXPECT_TRUE(eventually([&] { return daemon_.ask_tcp("GET", runs_out).status == 404; }));
  EXPECT_TRUE(eventually([&] { return daemon_.ask_tcp("DELETE", stays).status == 204; }));
  EXPECT_TRUE(
      daemon_.expect(200, "GET", "/v1/snapshots/one%2Fa@s/holds").at("items").as_array().empty());
}

TEST_F(Failures, ClearingNamesAVdev) {
  const std::string guid =
      text_of(daemon_.status_of("one").at("vdevs").at("data").at(0).at("guid"));
  EXPECT_EQ(
      text_of(daemon_.expect(200, "POST", "/v1/pools/one/clear", {{"vdev", guid}}).at("name")),
      "one");
  EXPECT_EQ(daemon_.expect(404, "POST", "/v1/pools/one/clear", {{"vdev", "1"}}).at("code"),
            json::Value("not_found"));
}

TEST_F(Failures, AnOperationThatIsStuckStopsNeitherTheGatewayNorTheNextAgent) {
  Frozen frozen(disk_);
  const faults::Connection stuck = daemon_.begin("POST", "/v1/pools/one/sync", {{"force", true}});
  const pid_t first = daemon_.agent();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  expect_the_rest_answers("beside");
  EXPECT_EQ(daemon_.expect(200, "GET", "/v1/pools/one/status").at("name"), json::Value("one"));

  const auto begin = Clock::now();
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  daemon_.expect(200, "GET", "/healthz");
  ASSERT_TRUE(eventually([&] { return daemon_.agent() != first && daemon_.agent() != 0; }));
  ASSERT_TRUE(eventually([&] { return daemon_.ask_tcp("GET", "/v1/pools/two").status == 200; }));
  std::cout << "another agent answers after " << since(begin).count() << " ms\n";
  expect_the_rest_answers("after");

  // The one before is still there, with all that it had open. Nothing of that may keep its
  // successor from the state directory.
  const auto left = faults::threads_of(first);
  ASSERT_FALSE(left.empty()) << "it was not stuck";
  std::size_t files = 0;
  for (const pid_t thread : left)
    for (const std::string& file : faults::open_files(thread)) {
      ++files;
      // The journals of jobs and requests are never locked, so that it does no harm to leave them
      // open.
      if (!file.starts_with(daemon_.state() + "/jobs.db") &&
          !file.starts_with(daemon_.state() + "/requests.db"))
        EXPECT_FALSE(file.starts_with(daemon_.state() + "/")) << file;
    }
  EXPECT_GT(files, 0U);
  const json::Value job = daemon_.expect(200, "POST", "/v1/pools/two/wait", {{"activity", "free"}});
  EXPECT_EQ(job.at("waited"), json::Value(false));
  std::istringstream locks(faults::read_file("/proc/locks"));
  for (std::string line; std::getline(locks, line);)
    EXPECT_EQ(line.find(" " + std::to_string(first) + " "), std::string::npos) << line;

  frozen.thaw();
  EXPECT_TRUE(eventually([&] { return faults::threads_of(first).empty(); }));
  EXPECT_TRUE(eventually([&] {
    return daemon_.ask_tcp("POST", "/v1/pools/one/sync", R"({"force":true})").status == 204;
  }));
}

TEST_F(Failures, JobsOfAPoolThatHangsHoldUpNoOthersAndAreJudgedWhenItGoesOn) {
  const auto job_of = [&](const std::string& method, const std::string& target) {
    const Answer accepted = daemon_.ask_tcp(method, target);
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    return accepted.field("Location");
  };
  const auto state_of = [&](const std::string& job) {
    return faults::member(daemon_.ask_tcp("GET", job).body, "state");
  };
  const auto expect_jobs_on_two = [&](const std::string& tree) {
    daemon_.expect(201, "POST", "/v1/datasets",
                   {{"name", "two/" + tree + "/a"}, {"create_parents", true}});
    daemon_.expect(204, "DELETE", "/v1/datasets/two%2F" + tree + "?recursive=true");
    daemon_.expect(200, "POST", "/v1/pools/two/scrub", json::Object{});
  };
  // More than the pool has workers for jobs.
  const std::vector<std::string> trees{"t0", "t1", "t2", "t3"};
  for (const std::string& tree : trees)
    daemon_.expect(201, "POST", "/v1/datasets",
                   {{"name", "one/" + tree + "/a"}, {"create_parents", true}});
  std::vector<std::string> jobs;
  {
    const Frozen frozen(disk_);
    for (const std::string& tree : trees)
      jobs.push_back(job_of("DELETE", "/v1/datasets/one%2F" + tree + "?recursive=true"));
    ASSERT_TRUE(eventually([&] { return state_of(jobs[0]) == "running"; }));
    expect_jobs_on_two("before");

    const pid_t agent = daemon_.agent();
    ASSERT_EQ(::kill(agent, SIGKILL), 0);
    ASSERT_TRUE(eventually([&] { return daemon_.agent() != agent && daemon_.agent() != 0; }));
    ASSERT_TRUE(eventually([&] { return daemon_.ask_tcp("GET", "/v1/pools/two").status == 200; }));
    expect_jobs_on_two("after");
    // What the first agent began goes on without it, and nobody knows its outcome.
    for (const std::string& job : jobs) {
      const std::string state = state_of(job);
      EXPECT_TRUE(state == "recovering" || state == "queued" || state == "running") << state;
    }
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const json::Value done = daemon_.expect(200, "GET", jobs[i]);
    const std::string dataset = "one/" + trees[i];
    std::vector<std::string> gone;
    for (const std::string& name : {dataset + "/a", dataset})
      if (!succeeds("zfs list " + name)) gone.push_back(name);
    std::vector<std::string> steps;
    for (const json::Value& step : done.at("steps").as_array()) steps.push_back(text_of(step));
    EXPECT_EQ(steps, gone) << json::serialize(done);
    EXPECT_EQ(text_of(done.at("state")), gone.size() == 2 ? "succeeded" : "failed")
        << json::serialize(done);
  }
}

TEST_F(Failures, ADaemonWithAStuckAgentCanBeStoppedAndStartedAgain) {
  Frozen frozen(disk_);
  Daemon daemon({{"ZFSREST_WRITE_DEADLINE_MS", "5000"}});
  const faults::Connection stuck = daemon.begin("POST", "/v1/pools/one/sync", {{"force", true}});
  const pid_t agent = daemon.agent();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  EXPECT_EQ(daemon.stop(SIGTERM).status, 0);
  EXPECT_FALSE(faults::threads_of(agent).empty()) << "it was not stuck";
  // On the same state directory, as an administrator would.
  const Daemon again({{"ZFSREST_STATE", daemon.state()}});
  again.expect(200, "GET", "/v1/pools/two");
  frozen.thaw();
  EXPECT_TRUE(eventually([&] { return faults::threads_of(agent).empty(); }));
}

// The blueprint's figures, tenfold, for emulation is slow.
TEST_F(Failures, DeadlinesAndRestartsAreKept) {
  for (const pid_t pid : {daemon_.agent(), daemon_.gateway()}) {
    const auto took = daemon_.kill_and_wait(pid);
    std::cout << "restarted and answers after " << took.count() << " ms\n";
    EXPECT_LT(took, std::chrono::seconds(2));
  }
  const Daemon usual({{"ZFSREST_READ_DEADLINE_MS", "1000"}, {"ZFSREST_WRITE_DEADLINE_MS", "2000"}});
  // So that there is something left to be read from the disk.
  shell("zpool export one && zpool import -N -d /dev/disk/by-id one");
  usual.expect(200, "GET", "/v1/pools/one");
  Frozen frozen(disk_);
  auto begin = Clock::now();
  EXPECT_EQ(usual.expect(503, "GET", "/v1/datasets/one%2Fa").at("code"), json::Value("deadline"));
  std::cout << "a read of 1 s is turned away after " << since(begin).count() << " ms\n";
  EXPECT_GE(since(begin), std::chrono::seconds(1));
  EXPECT_LT(since(begin), std::chrono::seconds(10));
  begin = Clock::now();
  EXPECT_EQ(usual.expect(504, "POST", "/v1/pools/one/sync", {{"force", true}}).at("code"),
            json::Value("outcome_unknown"));
  std::cout << "a write of 2 s is answered after " << since(begin).count() << " ms\n";
  EXPECT_GE(since(begin), std::chrono::seconds(2));
  EXPECT_LT(since(begin), std::chrono::seconds(20));
  for (const char* target :
       {"/v1/pools", "/v1/pools/one/status", "/v1/datasets", "/v1/snapshots"}) {
    const auto asked = Clock::now();
    const int status = usual.ask_tcp("GET", target).status;
    std::cout << target << ": " << status << " after " << since(asked).count() << " ms\n";
    EXPECT_EQ(status, 200) << target;
    EXPECT_LT(since(asked), std::chrono::seconds(10)) << target;
  }
}

}  // namespace
}  // namespace zfsrest::kernel
