// The supervisor's beginnings and ends: what it refuses in one line, and what it leaves behind,
// which is nothing.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

namespace fs = std::filesystem;

const std::string supervisor_path = userland::build_directory() / "bin/zfsrestd";

class Starts : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_.path() / name; }
  std::string state() const { return path("state"); }

  // Starts a daemon that must refuse: with one line that says this, and with nothing left behind.
  void expect_refusal(const std::string& reason, const Environment& settings,
                      const std::function<void()>& prepare = {}, const std::string& config = "") {
    std::vector<std::string> words{supervisor_path};
    if (!config.empty()) {
      std::ofstream(path("config.toml")) << config;
      words.insert(words.end(), {"--config", path("config.toml")});
    }
    Program program(words, environment_for(state(), engine_, settings), directory_.path(), prepare);
    const Ended ended = program.wait();
    EXPECT_NE(ended.status, 0);
    EXPECT_LT(ended.status, 128) << "it was not a signal that ended it";
    EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
    EXPECT_NE(ended.errors.find(reason), std::string::npos) << ended.errors;
    EXPECT_EQ(ended.output, "");
    EXPECT_TRUE(descendants_of(program.pid()).empty());
    EXPECT_FALSE(fs::exists(state() + "/zfsrest.sock"));
  }

  userland::Engine engine_;
  userland::TemporaryDirectory directory_;
};

TEST_F(Starts, APortThatIsTakenIsRefused) {
  const Daemon daemon(engine_);
  const std::string taken = "127.0.0.1:" + std::to_string(daemon.tcp().port);
  expect_refusal(taken + " cannot be listened on", {{"ZFSREST_LISTEN", taken}});
  EXPECT_TRUE(daemon.answers());
}

TEST_F(Starts, ASecondDaemonOnTheSameStateIsRefusedAndTheFirstLivesOn) {
  const Daemon daemon(engine_);
  Program second({supervisor_path}, environment_for(daemon.state(), engine_), directory_.path());
  const Ended ended = second.wait();
  EXPECT_NE(ended.status, 0);
  EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
  EXPECT_NE(ended.errors.find("another zfsrestd runs on the state directory"), std::string::npos)
      << ended.errors;
  EXPECT_TRUE(daemon.answers());
  EXPECT_EQ(daemon.ask("GET", "/v1/pools").status, 200) << "its socket is still its own";
}

TEST_F(Starts, AStateDirectoryThatCannotBeWrittenIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, for a mount of its own";
  ASSERT_EQ(::mkdir(state().c_str(), 0700), 0);
  expect_refusal("the state directory " + state() + " cannot be used: lock: Read-only file system",
                 {}, [this] {
                   const bool is_mounted =
                       ::unshare(CLONE_NEWNS) == 0 &&
                       ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       ::mount(state().c_str(), state().c_str(), nullptr, MS_BIND, nullptr) == 0 &&
                       ::mount("none", state().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY,
                               nullptr) == 0;
                   if (!is_mounted) ::_exit(0);
                 });
}

TEST_F(Starts, AStateDirectoryOfSomeoneElseOrForAllIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  ASSERT_EQ(::mkdir(state().c_str(), 0700), 0);
  fs::permissions(directory_.path(), fs::perms(0755));
  expect_refusal("Permission denied", {}, [] {
    if (::setresuid(65534, 65534, 65534) != 0) ::_exit(0);
  });
  fs::permissions(state(), fs::perms(0777));
  expect_refusal("others can write to it", {});
}

TEST_F(Starts, AStateDirectoryThatBelongsToAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to give files away";
  ASSERT_EQ(::mkdir(state().c_str(), 0700), 0);
  std::ofstream(state() + "/token") << std::string(64, 'a') << "\n";
  fs::permissions(state() + "/token", fs::perms(0600));
  for (const std::string& file : {state() + "/token", state()})
    ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  expect_refusal("the state directory " + state() + " cannot be used: it belongs to another user",
                 {});
  ASSERT_EQ(::chown(state().c_str(), 0, 0), 0);
  expect_refusal(state() + "/token: the token cannot be read: it belongs to another user", {});
}

TEST_F(Starts, ALinkOrAPipeInTheStateDirectoryIsRefusedAndNotFollowed) {
  ASSERT_EQ(::mkdir(state().c_str(), 0700), 0);
  fs::create_symlink(path("elsewhere"), state() + "/lock");
  expect_refusal("lock: it is a symbolic link", {});
  EXPECT_FALSE(fs::exists(path("elsewhere")));
  fs::remove(state() + "/lock");

  std::ofstream(path("elsewhere")) << std::string(64, 'a') << "\n";
  fs::permissions(path("elsewhere"), fs::perms(0600));
  fs::create_symlink(path("elsewhere"), state() + "/token");
  expect_refusal("/token: the token cannot be read: it is a symbolic link", {});
  fs::remove(state() + "/token");

  for (const char* file : {"/lock", "/token"}) {
    fs::remove(state() + file);
    ASSERT_EQ(::mkfifo((state() + file).c_str(), 0600), 0);
    expect_refusal("it is not a regular file", {});
    fs::remove(state() + file);
  }
}

TEST_F(Starts, AFullDiskIsNamedAsTheReason) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, for a mount of its own";
  ASSERT_EQ(::mkdir(state().c_str(), 0700), 0);
  expect_refusal(
      state() + "/token: the token cannot be written: No space left on device", {}, [this] {
        const bool is_full =
            ::unshare(CLONE_NEWNS) == 0 &&
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            ::mount("none", state().c_str(), "tmpfs", 0, "size=4k,mode=0700") == 0 &&
            (std::ofstream(path("state/filler")) << std::string(4096, 'x')).flush().good();
        if (!is_full) ::_exit(0);
      });
}

TEST_F(Starts, ASettingThatIsUnknownOrWrongIsRefused) {
  expect_refusal("colour", {}, {}, "colour = \"red\"\n");
  expect_refusal("config.toml", {}, {}, "listen = \n");
  expect_refusal("queue", {{"ZFSREST_QUEUE", "many"}});
  expect_refusal("only loopback addresses", {{"ZFSREST_LISTEN", "0.0.0.0:0"}});
  expect_refusal("127.0.0.1:8642", {{"ZFSREST_LISTEN", "8642"}});
  EXPECT_FALSE(fs::exists(state()));
}

TEST_F(Starts, ASettingsFileThatIsMissingIsRefused) {
  Program program({supervisor_path, "--config", path("nowhere.toml")},
                  environment_for(state(), engine_), directory_.path());
  const Ended ended = program.wait();
  EXPECT_NE(ended.status, 0);
  EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
  EXPECT_NE(ended.errors.find("nowhere.toml"), std::string::npos) << ended.errors;
}

TEST_F(Starts, APathTooLongForASocketIsRefused) {
  const std::string longer = state() + std::string(100, 'x');
  expect_refusal("File name too long", {{"ZFSREST_STATE", longer}});
  EXPECT_FALSE(fs::exists(longer + "/token"));
}

TEST_F(Starts, AnUnknownUserForTheGatewayIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root starts the gateway as somebody else";
  expect_refusal("there is no user \"noone\"", {{"ZFSREST_GATEWAY_USER", "noone"}});
  expect_refusal("is root", {{"ZFSREST_GATEWAY_USER", "root"}});
  EXPECT_FALSE(fs::exists(state()));
}

TEST_F(Starts, ASignalEndsAllOfItAndLeavesNothing) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    Daemon daemon(engine_);
    Connection idle(daemon.tcp());
    EXPECT_EQ(idle.ask({}).status, 200);
    const std::string mounts = read_file("/proc/mounts");
    const std::vector<pid_t> processes = descendants_of(daemon.supervisor());
    EXPECT_EQ(processes.size(), 2U);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(daemon.stop(signal).status, 0) << daemon.log();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    for (const pid_t pid : processes) EXPECT_FALSE(is_alive(pid));
    EXPECT_FALSE(fs::exists(daemon.state() + "/zfsrest.sock"));
    EXPECT_TRUE(idle.is_closed_by_peer());
    EXPECT_EQ(read_file("/proc/mounts"), mounts);
    EXPECT_EQ(daemon.log(), "");
  }
}

TEST_F(Starts, ASignalAtAnyMomentOfTheStartLeavesNothing) {
  for (int moment = 0; moment < 20; ++moment) {
    Program program({supervisor_path}, environment_for(state(), engine_), directory_.path());
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * moment));
    ::kill(program.pid(), moment % 2 == 0 ? SIGTERM : SIGINT);
    program.wait();
    EXPECT_FALSE(fs::exists(state() + "/zfsrest.sock")) << moment;
    EXPECT_TRUE(find_processes(directory_.path()).empty()) << moment;
  }
}

TEST_F(Starts, AWriteThatRunsIsAnsweredBeforeTheEnd) {
  Daemon daemon(engine_);
  make_pool(daemon, engine_, "tank");
  // The tree goes dataset by dataset, which takes a while.
  make_datasets(engine_, "tank/tree", 100);
  const int before = count_lines(engine_, "zfs list -H -o name -r tank");
  Connection connection(daemon.tcp());
  connection.send({.method = "DELETE",
                   .target = "/v1/datasets/tank%2Ftree?recursive=true",
                   .fields = daemon.authorization() + "Prefer: wait=60\r\n"});
  EXPECT_TRUE(
      eventually([&] { return count_lines(engine_, "zfs list -H -o name -r tank") < before; }));
  EXPECT_EQ(daemon.stop(SIGTERM).status, 0);
  EXPECT_EQ(connection.read_answer().status, 204);
  EXPECT_EQ(engine_.expect("zfs list -H -o name -r tank"), "tank");
}

TEST(StartsAsUser, AnOrdinaryUserCanRunItAll) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const userland::TemporaryDirectory directory;
  ASSERT_EQ(::chown(directory.path().c_str(), 65534, 65534), 0);
  const auto become = [] {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(99);
  };
  const std::string engine_state = directory.path() / "engine";
  Program engine({userland::server_program(), "--state", engine_state}, {}, directory.path(),
                 become);
  ASSERT_EQ(engine.wait_for_line("ready"), "ready") << engine.errors();
  const std::string state = directory.path() / "state";
  Program daemon(
      {supervisor_path},
      {{"ZFSREST_STATE", state},
       {"ZFSREST_LISTEN", "127.0.0.1:0"},
       {"ZFSREST_ENGINE", "userland"},
       {"ZFSREST_MODULE_DIRECTORY", engine_state + "/module/zfs"},
       {"LD_PRELOAD", userland::build_directory() / "userland/libzfs-userland-preload.so"},
       {"ZFS_USERLAND_SOCKET", engine_state + "/engine.sock"}},
      directory.path(), become);
  ASSERT_NE(daemon.wait_for_line("ready: "), "") << daemon.errors();
  for (const pid_t pid : descendants_of(daemon.pid())) {
    EXPECT_EQ(status_field(pid, "Uid"), "65534\t65534\t65534\t65534");
    if (status_field(pid, "Name") == "zfsrest-gateway")
      EXPECT_EQ(status_field(pid, "NoNewPrivs"), "1");
  }
  const std::string disk = directory.path() / "disk";
  std::ofstream(disk).close();
  fs::resize_file(disk, 128U << 20);
  fs::permissions(disk, fs::perms(0666));
  const Answer made =
      Connection({.socket_path = state + "/zfsrest.sock"})
          .ask({.method = "POST",
                .target = "/v1/pools",
                .body = R"({"name":"mine","vdevs":{"data":[{"type":"file","path":")" + disk +
                        R"("}]}})"});
  EXPECT_EQ(made.status, 201) << made.body;
}

}  // namespace
}  // namespace zfsrest::faults
