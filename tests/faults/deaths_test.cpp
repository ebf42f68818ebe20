// Processes that are killed: what callers are told, what becomes of what was begun, and how soon
// all is back.
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

constexpr int tree_size = 100;

// Ends one thread of a process, be it the first, whose number is the process's; false if that
// cannot be done here.
bool end_thread(pid_t pid) {
#ifdef __x86_64__
  constexpr int syscall_instruction_bytes = 2;
  user_regs_struct registers{};
  int status = 0;
  if (::ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) != 0 || ::waitpid(pid, &status, __WALL) != pid)
    return false;
  ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
  // It waits in a system call, and makes another one in its place.
  registers.rip -= syscall_instruction_bytes;
  registers.rax = SYS_exit;
  registers.orig_rax = static_cast<unsigned long long>(-1);
  ::ptrace(PTRACE_SETREGS, pid, nullptr, &registers);
  ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
  return true;
#else
  static_cast<void>(pid);
  return false;
#endif
}

// Ends all threads of a process but one, as if it had been killed while that one is stuck in the
// kernel; false if that cannot be done here.
bool end_all_threads_but_one(pid_t pid) {
  std::vector<pid_t> threads = threads_of(pid);
  if (threads.empty()) return false;
  threads.pop_back();
  return std::ranges::all_of(threads, end_thread);
}

// The descriptor of another process as one of ours; -1 if that cannot be had here.
int take_descriptor(pid_t pid, int number) {
  const auto process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  const auto taken = static_cast<int>(::syscall(SYS_pidfd_getfd, process, number, 0));
  if (process >= 0) ::close(process);
  return taken;
}

// The supervisor's end of the gateway's control socket, as one of ours; -1 if it cannot be had. The
// gateway is started after the agent, so its socket is the one with the greater number.
int take_control_of_gateway(pid_t supervisor) {
  int found = -1;
  int found_number = -1;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(supervisor) + "/fd")) {
    const int number = std::stoi(entry.path().filename());
    const int taken = take_descriptor(supervisor, number);
    int type = 0;
    socklen_t size = sizeof(type);
    const bool is_control = ::getsockopt(taken, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
                            type == SOCK_SEQPACKET && number > found_number;
    if (is_control) found_number = number;
    const int unwanted = is_control ? std::exchange(found, taken) : taken;
    if (unwanted >= 0) ::close(unwanted);
  }
  return found;
}

class Deaths : public testing::Test {
 protected:
  void SetUp() override { make_pool(daemon_, engine_, "tank"); }

  userland::Engine engine_;
  Daemon daemon_{engine_};
};

TEST_F(Deaths, WithoutTheAgentRequestsAreTurnedAwayUntilItIsBack) {
  Connection unix_connection(daemon_.unix_socket());
  EXPECT_EQ(unix_connection.ask({.target = "/v1/pools/tank"}).status, 200);
  milliseconds longest{0};
  int turned_away = 0;
  for (int round = 0; round < 5; ++round) {
    const pid_t agent = daemon_.agent();
    const auto begin = Clock::now();
    ASSERT_EQ(::kill(agent, SIGKILL), 0);
    while (true) {
      EXPECT_EQ(Connection(daemon_.tcp()).ask({}).status, 200)
          << "the gateway says that it is alive";
      const Answer answer = daemon_.ask_tcp("GET", "/v1/pools/tank");
      if (answer.status == 200 && daemon_.agent() != agent) break;
      ASSERT_LT(since(begin), std::chrono::seconds(10));
      if (answer.status == 200) continue;
      ASSERT_EQ(answer.status, 503) << answer.body;
      EXPECT_EQ(answer.code(), "agent_away");
      EXPECT_EQ(answer.field("Retry-After"), "1");
      EXPECT_FALSE(answer.field("X-Request-Id").empty());
      ++turned_away;
    }
    longest = std::max(longest, since(begin));
  }
  std::cout << "agent back after at most " << longest.count() << " ms, " << turned_away
            << " requests turned away\n";
  EXPECT_LT(longest, std::chrono::seconds(10));
  EXPECT_TRUE(unix_connection.is_closed_by_peer()) << "its handle is void";
  EXPECT_EQ(daemon_.ask("GET", "/v1/pools/tank").status, 200);
}

TEST_F(Deaths, AConnectionToTheSocketMadeWhileTheGatewayIsAwayIsServedByTheNext) {
  for (int round = 0; round < 5; ++round) {
    const pid_t gateway = daemon_.gateway();
    ASSERT_EQ(::kill(gateway, SIGKILL), 0);
    ASSERT_TRUE(eventually([&] { return !is_alive(gateway); }));
    const Answer answer = daemon_.ask("GET", "/v1/pools/tank");
    EXPECT_TRUE(answer.status == 200) << answer.status << answer.body;
    EXPECT_TRUE(eventually([&] { return daemon_.answers(); }));
  }
}

TEST_F(Deaths, TheAgentCompletesAWriteThatItHasBegunWithoutTheGateway) {
  make_datasets(engine_, "tank/tree", tree_size);
  // The tree goes dataset by dataset, which takes a while.
  Connection connection(daemon_.tcp());
  connection.send({.method = "DELETE",
                   .target = "/v1/datasets/tank%2Ftree?recursive=true",
                   .fields = daemon_.authorization() + "Prefer: wait=60\r\n"});
  std::this_thread::sleep_for(milliseconds(200));
  const milliseconds took = daemon_.kill_and_wait(daemon_.gateway());
  std::cout << "gateway back after " << took.count() << " ms\n";
  EXPECT_GT(count_lines(engine_, "zfs list -H -r tank"), 1)
      << "the gateway was not killed in the middle";
  EXPECT_EQ(connection.read_answer().status, 0) << "nobody can answer on this connection";
  EXPECT_TRUE(eventually([&] { return count_lines(engine_, "zfs list -H -r tank") == 1; }));
}

TEST_F(Deaths, AWriteUnderWhichTheAgentDiesHasAnUnknownOutcome) {
  make_datasets(engine_, "tank/tree", tree_size);
  Connection connection(daemon_.tcp());
  connection.send({.method = "DELETE",
                   .target = "/v1/datasets/tank%2Ftree?recursive=true",
                   .fields = daemon_.authorization() + "Prefer: wait=60\r\n"});
  std::this_thread::sleep_for(milliseconds(200));
  daemon_.kill_and_wait(daemon_.agent());
  const Answer answer = connection.read_answer();
  EXPECT_EQ(answer.status, 504) << answer.body;
  EXPECT_EQ(answer.code(), "outcome_unknown");
  EXPECT_EQ(answer.field("Retry-After"), "");
  EXPECT_GT(count_lines(engine_, "zfs list -H -r tank"), 1)
      << "what had not been begun is not done";
}

TEST_F(Deaths, AnAtomicWriteUnderWhichTheAgentDiesIsDoneWholeOrNotAtAll) {
  make_datasets(engine_, "tank/tree", tree_size);
  for (int round = 0; round < 8; ++round) {
    const std::string name = "tank/tree@round" + std::to_string(round);
    Connection connection(daemon_.tcp());
    connection.send({.method = "POST",
                     .target = "/v1/snapshots",
                     .body = R"({"snapshots":[")" + name + R"("],"recursive":true})",
                     .fields = daemon_.authorization()});
    std::this_thread::sleep_for(milliseconds(8 * round));
    daemon_.kill_and_wait(daemon_.agent());
    const Answer answer = connection.read_answer();
    EXPECT_TRUE(answer.status == 504 || answer.status == 503 || answer.status == 201)
        << answer.status << answer.body;
    const int made = count_lines(
        engine_, "set -o pipefail; zfs list -H -t snapshot -o name -r tank/tree | awk /@round" +
                     std::to_string(round) + "/");
    EXPECT_TRUE(made == 0 || made == tree_size + 1) << made;
    if (answer.status == 503) EXPECT_EQ(made, 0) << "not begun, it said";
    if (answer.status == 201) EXPECT_GT(made, 0);
  }
}

TEST_F(Deaths, WithTheSupervisorAllEndsButTheEngine) {
  const std::vector<pid_t> processes = descendants_of(daemon_.supervisor());
  ASSERT_EQ(processes.size(), 2U);
  Connection idle(daemon_.tcp());
  EXPECT_EQ(idle.ask({}).status, 200);
  EXPECT_EQ(daemon_.stop(SIGKILL).status, 128 + SIGKILL);
  for (const pid_t pid : processes) EXPECT_TRUE(eventually([&] { return !is_alive(pid); }));
  EXPECT_EQ(engine_.expect("zpool list -H -o name"), "tank");
}

TEST_F(Deaths, FiftyInARowLeaveNoRequestHangingAndNothingBehind) {
  const auto agent_files = [&] { return open_files(daemon_.agent()).size(); };
  ASSERT_TRUE(daemon_.answers());
  const std::size_t supervisor_files = open_files(daemon_.supervisor()).size();
  const std::size_t engine_threads = engine_.threads();

  std::atomic<bool> is_over = false;
  std::mutex mutex;
  std::map<int, int> statuses;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&, i] {
      for (int n = 0; !is_over; ++n) {
        const std::string name = "tank/c" + std::to_string(i) + "-" + std::to_string(n);
        const Answer answer =
            i % 2 == 0 ? daemon_.ask_tcp("GET", "/v1/datasets")
            : i == 1   ? daemon_.ask_tcp("POST", "/v1/datasets", R"({"name":")" + name + R"("})")
                       : daemon_.ask("GET", "/v1/pools/tank");
        const std::lock_guard lock(mutex);
        ++statuses[answer.status];
        if (answer.status == 500) ADD_FAILURE() << answer.body;
      }
    });
  std::mt19937 random(20);
  for (int kill = 0; kill < 50; ++kill) {
    const pid_t victim = random() % 2 == 0 ? daemon_.agent() : daemon_.gateway();
    if (victim > 0) ::kill(victim, SIGKILL);
    std::this_thread::sleep_for(milliseconds(50 + random() % 200));
  }
  EXPECT_TRUE(eventually([&] {
    return daemon_.agent() > 0 && daemon_.gateway() > 0 && daemon_.answers();
  })) << daemon_.log();
  is_over = true;
  for (std::thread& client : clients) client.join();

  for (const auto& [status, count] : statuses)
    std::cout << "status " << status << ": " << count << "\n";
  EXPECT_GT(statuses[200], 0);
  for (const auto& [status, count] : statuses)
    EXPECT_TRUE(status == 0 || status == 200 || status == 201 || status == 503 || status == 504)
        << status;
  EXPECT_EQ(open_files(daemon_.supervisor()).size(), supervisor_files);
  EXPECT_LE(agent_files(), 64U);
  EXPECT_TRUE(eventually([&] { return engine_.threads() <= engine_threads + 16; }))
      << engine_.threads() << " of " << engine_threads;
}

TEST_F(Deaths, AnAgentThatIsDeadAndCannotEndGetsASuccessorBesideIt) {
  const pid_t agent = daemon_.agent();
  if (!end_all_threads_but_one(agent))
    GTEST_SKIP() << "needs the right to trace processes, and x86-64";
  ASSERT_TRUE(eventually([&] { return !is_alive(agent); }));
  EXPECT_GT(count_threads(agent), 1U) << "a thread lives on, so that it cannot be reaped";
  EXPECT_TRUE(eventually([&] { return daemon_.agent() > 0; })) << daemon_.log();
  EXPECT_TRUE(eventually([&] { return daemon_.answers(); }));
  EXPECT_NE(daemon_.log().find("process_stuck"), std::string::npos);
  EXPECT_EQ(daemon_.stop(SIGTERM).status, 0);
  ::kill(agent, SIGKILL);
  EXPECT_TRUE(eventually([&] { return count_threads(agent) <= 1; }));
}

TEST_F(Deaths, AGatewayThatAsksForLinksWithoutEndKeepsTheSupervisorFromNothing) {
  const pid_t gateway = daemon_.gateway();
  ASSERT_EQ(::kill(gateway, SIGSTOP), 0);
  constexpr int control_of_a_child = 3;
  const int control = take_descriptor(gateway, control_of_a_child);
  if (control < 0) {
    ::kill(gateway, SIGCONT);
    GTEST_SKIP() << "needs the right to take descriptors of processes";
  }
  constexpr std::string_view plea = "{\"link_is_broken\":true}";
  for (int i = 0; i < 2000; ++i)
    if (::send(control, plea.data(), plea.size(), MSG_DONTWAIT) < 0)
      std::this_thread::sleep_for(milliseconds(1));
  ::close(control);
  const pid_t agent = daemon_.agent();
  ASSERT_EQ(::kill(agent, SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return daemon_.agent() > 0 && daemon_.agent() != agent; }));
  const auto begin = Clock::now();
  EXPECT_EQ(daemon_.stop(SIGTERM).status, 0);
  EXPECT_LT(since(begin), std::chrono::seconds(10));
}

TEST_F(Deaths, AGatewayThatReadsNothingOfWhatItIsToldIsReplaced) {
  const pid_t gateway = daemon_.gateway();
  const int control = take_control_of_gateway(daemon_.supervisor());
  if (control < 0) GTEST_SKIP() << "needs the right to take descriptors of processes";
  ASSERT_EQ(::kill(gateway, SIGSTOP), 0);
  while (::send(control, "x", 1, MSG_DONTWAIT) == 1) {
  }
  ::close(control);
  // With its successor the agent gets a new link, which has no room any more.
  ASSERT_EQ(::kill(daemon_.agent(), SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return daemon_.gateway() > 0 && daemon_.gateway() != gateway; }))
      << daemon_.log();
  EXPECT_TRUE(eventually([&] { return daemon_.answers(); }));
  EXPECT_NE(daemon_.log().find("process_given_up"), std::string::npos);
}

TEST_F(Deaths, ASilentAgentIsNotWaitedForForEver) {
  Daemon daemon(engine_, {{"ZFSREST_WRITE_DEADLINE_MS", "200"}});
  ASSERT_TRUE(daemon.answers());
  const pid_t agent = daemon.agent();
  ASSERT_EQ(::kill(agent, SIGSTOP), 0);
  Connection reader(daemon.tcp());
  Connection writer(daemon.tcp());
  reader.send({.target = "/v1/pools", .fields = daemon.authorization()});
  writer.send({.method = "POST",
               .target = "/v1/datasets",
               .body = R"({"name":"tank/late"})",
               .fields = daemon.authorization()});
  EXPECT_EQ(Connection(daemon.tcp()).ask({}).status, 200);
  const Answer read = reader.read_answer();
  EXPECT_EQ(read.status, 503) << read.body;
  const Answer written = writer.read_answer();
  EXPECT_EQ(written.status, 504) << written.body;
  ASSERT_EQ(::kill(agent, SIGCONT), 0);
  EXPECT_TRUE(eventually([&] { return daemon.answers(); }));
}

TEST_F(Deaths, AReadIsNotWaitedForAsLongAsAWriteWhenTheAgentIsSilent) {
  const pid_t agent = daemon_.agent();
  ASSERT_EQ(::kill(agent, SIGSTOP), 0);
  // The deadline of a write is half a minute.
  struct Row {
    const char* method;
    const char* target;
    const char* accept;
  };
  std::vector<Connection> connections;
  const auto begin = Clock::now();
  for (const Row& row : {Row{"GET", "/v1/pools/tank", "application/json"},
                         Row{"GET", "/v1/datasets", "application/x-ndjson"},
                         Row{"DELETE", "/v1/datasets/tank%2Fnone?plan=true", "*/*"}}) {
    connections.emplace_back(daemon_.tcp());
    connections.back().send({.method = row.method,
                             .target = row.target,
                             .fields = daemon_.authorization() + "Accept: " + row.accept + "\r\n"});
  }
  for (Connection& connection : connections) {
    const Answer answer = connection.read_answer();
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.code(), "deadline");
  }
  EXPECT_LT(since(begin), std::chrono::seconds(15));
  ASSERT_EQ(::kill(agent, SIGCONT), 0);
  EXPECT_TRUE(eventually([&] { return daemon_.answers(); }));
}

}  // namespace
}  // namespace zfsrest::faults
