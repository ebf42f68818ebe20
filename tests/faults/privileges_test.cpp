// What each process may do, what it can see, and whom the daemon believes.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

constexpr uid_t nobody = 65534;

mode_t mode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

// Runs something as nobody, in a process of its own; what it returned.
int as_nobody(const std::function<int()>& action) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setresgid(nobody, nobody, nobody) != 0 || ::setresuid(nobody, nobody, nobody) != 0)
      ::_exit(99);
    ::_exit(action());
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WEXITSTATUS(status);
}

class Privileges : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, which has privileges to give up";
  }
  userland::Engine engine_;
};

TEST_F(Privileges, TheGatewayHasNoneWhenStartedByRoot) {
  const Daemon daemon(engine_);
  const pid_t gateway = daemon.gateway();
  ASSERT_GT(gateway, 0);
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
    EXPECT_EQ(status_field(gateway, set), "0000000000000000") << set;
  EXPECT_EQ(status_field(gateway, "NoNewPrivs"), "1");
  EXPECT_EQ(status_field(gateway, "Uid"), "65534\t65534\t65534\t65534");
  EXPECT_EQ(status_field(gateway, "Gid"), "65534\t65534\t65534\t65534");
  EXPECT_EQ(status_field(gateway, "Groups"), "");
  EXPECT_EQ(status_field(daemon.agent(), "Uid"), "0\t0\t0\t0");
}

TEST_F(Privileges, TheGatewayHasNoWayToZfsAndNoSecretsOfTheState) {
  const Daemon daemon(engine_);
  make_pool(daemon, engine_, "tank");
  const pid_t gateway = daemon.gateway();
  const std::string own = "/proc/" + std::to_string(gateway);
  EXPECT_EQ(read_file(own + "/maps").find("preload"), std::string::npos);
  const std::string environment = read_file(own + "/environ");
  EXPECT_EQ(environment.find("LD_PRELOAD"), std::string::npos);
  EXPECT_EQ(environment.find("ZFS"), std::string::npos);
  for (const std::string& target : open_files(gateway)) {
    EXPECT_EQ(target.find("/dev/zfs"), std::string::npos) << target;
    EXPECT_EQ(target.find(daemon.state()), std::string::npos) << target;
  }
  EXPECT_NE(as_nobody([&] { return std::ifstream(daemon.state() + "/token").good() ? 0 : 1; }), 0);
}

TEST_F(Privileges, TheDeviceIsClosedWhenIdleAndOpenedAgain) {
  const Daemon daemon(engine_, {{"ZFSREST_DEVICE_IDLE_MS", "200"}});
  const pid_t agent = daemon.agent();
  // The preload's channels have numbers from 500 on; what is below them is the agent's own, the
  // device with it.
  const auto own_files = [&] {
    std::size_t count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(agent) + "/fd"))
      count += std::stoi(entry.path().filename()) < 500 ? 1 : 0;
    return count;
  };
  const std::size_t closed = own_files();
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(daemon.ask_tcp("GET", "/v1/pools").status, 200);
    EXPECT_GT(own_files(), closed);
    EXPECT_TRUE(eventually([&] { return own_files() == closed; }));
  }
}

TEST_F(Privileges, FilesOfTheStateAreForTheirOwnerAlone) {
  const Daemon daemon(engine_);
  EXPECT_EQ(mode_of(daemon.state()), 0700U);
  EXPECT_EQ(mode_of(daemon.state() + "/token"), 0600U);
  EXPECT_EQ(mode_of(daemon.state() + "/zfsrest.sock"), 0600U);
}

TEST_F(Privileges, OnTcpATokenIsNeededAndOnTheSocketItIsNot) {
  const Daemon daemon(engine_);
  const auto ask = [&](const Address& address, const std::string& fields) {
    return Connection(address).ask({.target = "/v1/pools", .fields = fields});
  };
  EXPECT_EQ(ask(daemon.unix_socket(), "").status, 200);
  EXPECT_EQ(ask(daemon.tcp(), daemon.authorization()).status, 200);
  const Answer unknown = ask(daemon.tcp(), "");
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(unknown.code(), "unauthenticated");
  EXPECT_FALSE(unknown.field("WWW-Authenticate").empty());
  EXPECT_FALSE(unknown.field("X-Request-Id").empty());
  const std::string wrong = "Authorization: Bearer " + std::string(64, '0') + "\r\n";
  EXPECT_EQ(ask(daemon.tcp(), wrong).status, 401);
  EXPECT_EQ(ask(daemon.unix_socket(), wrong).status, 401) << "a wrong token is wrong everywhere";
}

TEST_F(Privileges, AnotherUserReachesNoSocketAndIsNotBelievedOnOne) {
  const Daemon daemon(engine_);
  const auto reach = [&] { return Connection(daemon.unix_socket()).is_connected() ? 1 : 0; };
  std::filesystem::permissions(daemon.state() + "/..", std::filesystem::perms(0755));
  EXPECT_EQ(as_nobody(reach), 0) << "the directory keeps others out";
  std::filesystem::permissions(daemon.state(), std::filesystem::perms(0755));
  EXPECT_EQ(as_nobody(reach), 0) << "the socket's mode does as well";
  std::filesystem::permissions(daemon.state() + "/zfsrest.sock", std::filesystem::perms(0666));
  const auto ask = [&] { return daemon.ask("GET", "/v1/pools").status == 401 ? 42 : 1; };
  EXPECT_EQ(as_nobody(ask), 42) << "the agent looks at who connected";
}

TEST_F(Privileges, ATokenThatOthersCanReadIsRefused) {
  const userland::TemporaryDirectory directory;
  const std::string state = directory.path() / "state";
  ASSERT_EQ(::mkdir(state.c_str(), 0700), 0);
  std::ofstream(state + "/token") << std::string(64, 'a') << "\n";
  ASSERT_EQ(::chmod((state + "/token").c_str(), 0640), 0);
  Program program({userland::build_directory() / "bin/zfsrestd"}, environment_for(state, engine_),
                  directory.path());
  const Ended ended = program.wait();
  EXPECT_NE(ended.status, 0);
  EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
  EXPECT_NE(ended.errors.find("others can read the token"), std::string::npos) << ended.errors;
  EXPECT_EQ(ended.output, "");
}

}  // namespace
}  // namespace zfsrest::faults
