// Jobs under which processes die: all are found again, none is done twice, and each says what
// became of it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <vector>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

// The text of a member of a JSON object, as the daemon writes it; empty if there is none.
std::string member(const std::string& document, const std::string& key) {
  const std::string before = "\"" + key + "\":";
  std::size_t at = document.find(before);
  if (at == std::string::npos) return "";
  at += before.size();
  const bool is_text = document[at] == '"';
  if (is_text) ++at;
  return document.substr(at, document.find_first_of(is_text ? "\"" : ",}]", at) - at);
}

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

TEST_F(Jobs, AnInterruptedDestructionSaysExactlyWhatIsGone) {
  constexpr int tree_size = 100;
  make_datasets(engine_, "tank/tree", tree_size);
  const std::string job = begin("DELETE", "/v1/datasets/tank%2Ftree?recursive=true");
  EXPECT_TRUE(eventually(
      [&] { return count_lines(engine_, "zfs list -H -o name -r tank/tree") < tree_size; }));
  daemon_.kill_and_wait(daemon_.agent());
  const std::string done = ended(job);
  EXPECT_EQ(member(done, "state"), "failed") << done;
  EXPECT_EQ(member(done, "code"), "interrupted");
  const std::string list = engine_.expect("zfs list -H -o name -r tank/tree");
  const std::size_t from = done.find("\"steps\":[");
  const std::string steps = done.substr(from, done.find(']', from) - from);
  int left = 0;
  for (int i = 0; i < tree_size; ++i) {
    const std::string name = "tank/tree/" + std::to_string(i);
    const bool is_left = ("\n" + list + "\n").find("\n" + name + "\n") != std::string::npos;
    left += is_left;
    EXPECT_NE(steps.find("\"" + name + "\"") != std::string::npos, is_left) << name;
  }
  EXPECT_GT(left, 0) << "the agent was not killed in the middle";
  EXPECT_EQ(member(done, "total"), std::to_string(tree_size + 1));
  EXPECT_EQ(member(done, "done"), std::to_string(tree_size - left));
  // Asking again does the rest.
  const Answer rest = daemon_.ask("DELETE", "/v1/datasets/tank%2Ftree?recursive=true");
  EXPECT_EQ(member(ended(rest.field("Location")), "state"), "succeeded");
  EXPECT_EQ(engine_.expect("zfs list -H -o name -r tank"), "tank");
}

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

// --- load ---

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
