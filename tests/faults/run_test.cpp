// The script `run` from outside.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <regex>
#include <thread>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

namespace fs = std::filesystem;

class Run : public testing::Test {
 protected:
  // A tree that holds the script and what was built, so that nothing is installed or built now.
  Run() {
    fs::create_directories(tree() / "build");
    fs::create_directories(tree() / "tools");
    fs::copy_file(userland::source_directory() / "run", tree() / "run");
    fs::create_symlink(userland::build_directory(), tree() / "build/default");
    for (const char* tool : {"packages", "build"})
      fs::create_symlink("/bin/true", tree() / "tools" / tool);
  }

  fs::path tree() const { return directory_.path() / "tree"; }
  std::string state() const { return directory_.path() / "state"; }

  // In a session of its own, as from a terminal of its own: a signal to the group is a Ctrl-C.
  std::unique_ptr<Program> start() {
    return std::make_unique<Program>(std::vector<std::string>{tree() / "run"},
                                     Environment{{"ZFSREST_STATE", state()},
                                                 {"ZFSREST_LISTEN", "127.0.0.1:0"},
                                                 {"ZFSREST_ENGINE", "userland"}},
                                     directory_.path(), [] { ::setsid(); });
  }

  void expect_nothing_left(const std::string& when) {
    EXPECT_TRUE(eventually([&] { return find_processes(directory_.path()).empty(); })) << when;
    EXPECT_EQ(mounts_, read_file("/proc/mounts")) << when;
    std::error_code ignored;
    if (!fs::exists(state())) return;
    for (const auto& entry : fs::recursive_directory_iterator(state(), ignored)) {
      EXPECT_FALSE(entry.is_socket()) << entry.path() << " " << when;
      EXPECT_FALSE(entry.is_fifo()) << entry.path() << " " << when;
    }
  }

  userland::TemporaryDirectory directory_;
  std::string mounts_ = read_file("/proc/mounts");
};

TEST_F(Run, SaysThatItIsReadyInTheFormThatIsPromisedAndFindsItsPoolAgain) {
  for (int round = 0; round < 2; ++round) {
    const auto program = start();
    const std::string line = program->wait_for_line("ready: ");
    const std::regex form("ready: http://127\\.0\\.0\\.1:[0-9]+ socket " + state() +
                          "/zfsrest\\.sock token " + state() +
                          "/token engine userland openzfs [0-9]+\\.[0-9]+\\.[0-9]+[^ ]*");
    EXPECT_TRUE(std::regex_match(line, form)) << line << program->errors();
    const Address address{.socket_path = state() + "/zfsrest.sock"};
    EXPECT_EQ(Connection(address).ask({.target = "/v1/pools/tank"}).status, 200);
    if (round == 0)
      EXPECT_EQ(
          Connection(address)
              .ask({.method = "POST", .target = "/v1/datasets", .body = R"({"name":"tank/kept"})"})
              .status,
          201);
    else
      EXPECT_EQ(Connection(address).ask({.target = "/v1/datasets/tank%2Fkept"}).status, 200);
    struct stat status{};
    EXPECT_EQ(::stat(state().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    ::kill(-program->pid(), SIGINT);
    EXPECT_EQ(program->wait().status, 130);
    expect_nothing_left("after Ctrl-C");
  }
}

TEST_F(Run, ASignalAtAnyMomentEndsItAndLeavesNothing) {
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    const auto program = start();
    const auto moment = std::chrono::milliseconds(random() % 150);
    std::this_thread::sleep_for(moment);
    const bool is_interrupt = round % 2 == 0;
    if (is_interrupt)
      ::kill(-program->pid(), SIGINT);
    else
      ::kill(program->pid(), SIGTERM);
    const std::string when = (is_interrupt ? "Ctrl-C after " : "SIGTERM after ") +
                             std::to_string(moment.count()) + " ms";
    const Ended ended = program->wait();
    EXPECT_GE(ended.status, 128) << when << ": " << ended.errors;
    expect_nothing_left(when);
  }
  const auto program = start();
  EXPECT_NE(program->wait_for_line("ready: "), "") << program->errors();
  EXPECT_EQ(Connection({.socket_path = state() + "/zfsrest.sock"})
                .ask({.target = "/v1/pools/tank"})
                .status,
            200)
      << "the pool is there, whenever the first starts were stopped";
  ::kill(program->pid(), SIGTERM);
  EXPECT_EQ(program->wait().status, 143);
}

TEST_F(Run, KillingItEndsAllThatItHasStarted) {
  const auto program = start();
  ASSERT_NE(program->wait_for_line("ready: "), "") << program->errors();
  ::kill(program->pid(), SIGKILL);
  EXPECT_EQ(program->wait().status, 128 + SIGKILL);
  expect_nothing_left("after SIGKILL");
}

TEST_F(Run, ASecondOneOnTheSameStateSaysSoAndTheFirstLivesOn) {
  const auto first = start();
  ASSERT_NE(first->wait_for_line("ready: "), "") << first->errors();
  const auto second = start();
  const Ended ended = second->wait();
  EXPECT_NE(ended.status, 0);
  EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
  EXPECT_NE(ended.errors.find(state()), std::string::npos) << ended.errors;
  EXPECT_EQ(Connection({.socket_path = state() + "/zfsrest.sock"})
                .ask({.target = "/v1/pools/tank"})
                .status,
            200);
  ::kill(first->pid(), SIGTERM);
  EXPECT_EQ(first->wait().status, 143);
  expect_nothing_left("after both");
}

}  // namespace
}  // namespace zfsrest::faults
