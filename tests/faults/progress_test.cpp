// How far the kernel has come with what it does in the background: how fresh that is, and what it
// costs.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "daemon.hpp"
#include "frozen.hpp"

namespace zfsrest::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Of the ioctl that reads a pool's configuration with its statistics.
constexpr unsigned pool_stats = 5;

class Progress : public testing::Test {
 protected:
  void SetUp() override {
    constexpr std::uint64_t bytes = 576ULL << 20;
    make_pool(daemon_, engine_, "tank");
    engine_.expect("zfs create -s -V " + std::to_string(bytes) + " tank/volume");
    engine_.write("tank/volume", "--length " + std::to_string(bytes) + " --seed 1");
    engine_.expect("zpool sync tank");
  }

  // A scrub that takes seconds, as the engine is slow.
  std::string begin_scrub() const {
    const Answer accepted = daemon_.ask("POST", "/v1/pools/tank/scrub", "{}");
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    return accepted.field("Location");
  }
  std::string read(const std::string& job) const { return daemon_.ask("GET", job).body; }
  // How much is verified: as a job has it, and as the pool itself does.
  static std::uint64_t done_in(const std::string& job) { return number(job, "done"); }
  std::uint64_t done_of(const std::string& job) const { return done_in(read(job)); }
  std::uint64_t verified() const {
    std::string status;
    // Not what it was before, which is told where the engine is too slow.
    EXPECT_TRUE(eventually([&] {
      status = daemon_.ask("GET", "/v1/pools/tank/status").body;
      return member(status, "as_of") == "null";
    })) << status;
    return number(status, "issued_bytes");
  }
  static std::uint64_t number(const std::string& document, const std::string& key) {
    const std::string text = member(document, key);
    return text.empty() ? 0 : std::stoull(text);
  }

  // When the agent has asked for a pool's statistics, in milliseconds.
  std::vector<long long> looks() const {
    std::ifstream log(ioctls_);
    std::vector<long long> times;
    long long time = 0;
    for (unsigned number = 0; log >> time >> number;)
      if (number == pool_stats) times.push_back(time);
    return times;
  }

  userland::Engine engine_;
  const std::string ioctls_ = engine_.directory() / "ioctls";
  Daemon daemon_{engine_, writing_ioctls_to(ioctls_)};
};

TEST_F(Progress, OfAScrubIsFreshAndCostsOneLookASecondHoweverManyWatch) {
  constexpr int pollers = 100;
  constexpr int waiters = 100;
  constexpr auto watched = std::chrono::seconds(6);
  // The figure is a second; a machine that has other things to do as well may take longer.
  constexpr auto fresh = std::chrono::seconds(2);
  std::optional<Slow> slow(engine_);
  const std::string job = begin_scrub();
  // Before it verifies anything it looks through the pool, which takes as long as it takes.
  ASSERT_TRUE(eventually([&] { return done_of(job) > 0; })) << read(job);
  const auto begin = Clock::now();
  const std::size_t looks_before = looks().size();

  std::atomic<int> polls = 0;
  std::atomic<int> stale = 0;
  std::atomic<std::uint64_t> due = 0;
  std::atomic<bool> is_over = false;
  std::atomic<int> ended = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < waiters; ++i)
    clients.emplace_back([&] {
      const Answer answer =
          Connection(daemon_.unix_socket()).ask({.target = job, .fields = "Prefer: wait=60\r\n"});
      EXPECT_EQ(answer.status, 200) << answer.body;
      ended += member(answer.body, "state") == "succeeded";
    });
  for (int i = 0; i < pollers; ++i)
    clients.emplace_back([&] {
      Connection connection(daemon_.unix_socket());
      while (!is_over) {
        const std::uint64_t least = due;
        stale += done_in(connection.ask({.target = job}).body) < least;
        ++polls;
        std::this_thread::sleep_for(milliseconds(100));
      }
    });
  // On a busy machine it comes on by leaps, so what is told is held against what was so.
  std::set<std::uint64_t> seen;
  int asked = 0;
  EXPECT_TRUE(eventually([&] {
    const std::uint64_t now = verified();
    ++asked;
    seen.insert(now);
    std::this_thread::sleep_for(fresh);
    due = now;
    return seen.size() >= 3;
  }));
  std::this_thread::sleep_for(milliseconds(500));
  is_over = true;
  for (std::size_t i = waiters; i < clients.size(); ++i) clients[i].join();
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin).count();
  const std::vector<long long> times = looks();
  const std::string after = read(job);
  slow.reset();
  for (int i = 0; i < waiters; ++i) clients[static_cast<std::size_t>(i)].join();

  // Later, an engine that has nothing left of the processors may keep one look for long.
  const auto until =
      std::chrono::duration_cast<milliseconds>((begin + watched).time_since_epoch()).count();
  long long longest_gap_ms = 0;
  for (std::size_t i = looks_before + 1; i < times.size() && times[i] <= until; ++i)
    longest_gap_ms = std::max(longest_gap_ms, times[i] - times[i - 1]);
  std::cout << polls << " polls and " << waiters << " waiting in " << took << " ms cost "
            << times.size() - looks_before << " looks, at most " << longest_gap_ms
            << " ms apart; the pool was asked " << asked << " times; " << after << "\n";
  EXPECT_EQ(member(after, "state"), "running") << "the scrub was over too soon: " << after;
  EXPECT_LE(static_cast<long long>(times.size() - looks_before), took / 1'000 + 1 + asked);
  EXPECT_LT(longest_gap_ms, milliseconds(fresh).count());
  EXPECT_EQ(stale, 0) << "of " << polls;
  EXPECT_GE(done_in(after), due);
  EXPECT_EQ(ended, waiters);
}

TEST_F(Progress, OfAScrubIsFoundAgainAfterTheAgentWasKilled) {
  std::optional<Slow> slow(engine_);
  const std::string job = begin_scrub();
  ASSERT_TRUE(eventually([&] { return done_of(job) > 0; })) << read(job);
  const auto before = done_of(job);
  daemon_.kill_and_wait(daemon_.agent());
  EXPECT_TRUE(eventually([&] { return done_of(job) > before; })) << read(job);
  EXPECT_EQ(member(read(job), "state"), "running") << read(job);
  const Answer another = daemon_.ask("POST", "/v1/pools/tank/scrub", "{}");
  EXPECT_EQ(another.status, 409) << another.body;
  EXPECT_EQ(another.code(), "busy");
  slow.reset();
  const std::string end =
      Connection(daemon_.unix_socket()).ask({.target = job, .fields = "Prefer: wait=60\r\n"}).body;
  EXPECT_EQ(member(end, "state"), "succeeded") << end;
}

TEST_F(Progress, IsWatchedWithoutAWorker) {
  // More than any set of a pool's workers has.
  constexpr int leaves = 6;
  std::string disks;
  for (int i = 0; i < leaves; ++i)
    disks += (i == 0 ? "" : ",") +
             (R"({"type":"file","path":")" + engine_.disk("leaf" + std::to_string(i), 1ULL << 30)) +
             "\"}";
  ASSERT_EQ(daemon_.ask("POST", "/v1/pools", R"({"name":"wide","vdevs":{"data":[)" + disks + "]}}")
                .status,
            201);
  make_datasets(engine_, "wide/tree", 10);
  ASSERT_EQ(daemon_.ask("GET", "/v1/pools/wide").status, 200);
  const std::size_t threads_before = count_threads(daemon_.agent());
  const std::string status = daemon_.ask("GET", "/v1/pools/wide/status").body;
  std::vector<std::string> jobs;
  for (std::size_t at = status.find("\"data\":["); jobs.size() < leaves;) {
    at = status.find("\"guid\":", at);
    ASSERT_NE(at, std::string::npos) << status;
    const Answer accepted =
        daemon_.ask("POST", "/v1/pools/wide/initialize",
                    R"({"vdevs":[")" + member(status.substr(at), "guid") + "\"]}");
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    jobs.push_back(accepted.field("Location"));
    ++at;
  }
  // Those that began the jobs have ended their work, and one looks now and then.
  EXPECT_LE(count_threads(daemon_.agent()), threads_before + 8);
  // Jobs, writes and reads have workers.
  const Answer gone = Connection(daemon_.unix_socket())
                          .ask({.method = "DELETE",
                                .target = "/v1/datasets/wide%2Ftree?recursive=true",
                                .fields = "Prefer: wait=60\r\n"});
  EXPECT_EQ(gone.status, 204) << gone.body;
  EXPECT_EQ(daemon_.ask("POST", "/v1/datasets", R"({"name":"wide/new"})").status, 201);
  int running = 0;
  for (const std::string& job : jobs) running += member(read(job), "state") == "running";
  EXPECT_EQ(running, leaves);
  EXPECT_EQ(daemon_.ask("POST", "/v1/pools/wide/initialize/cancel", "{}").status, 200);
}

}  // namespace
}  // namespace zfsrest::faults
