// The script `run` from outside.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>
#include <thread>

#include "daemon.hpp"

namespace zfsrest::faults {
namespace {

namespace fs = std::filesystem;

void write_program(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  fs::remove(path);
  std::ofstream(path) << "#!/usr/bin/env bash\n" << text;
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_exec | fs::perms::group_read |
                            fs::perms::others_exec | fs::perms::others_read);
}

// A port that someone listens on.
class BusyPort {
 public:
  BusyPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~BusyPort() { ::close(socket_); }
  BusyPort(const BusyPort&) = delete;
  BusyPort& operator=(const BusyPort&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
};

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
  // `settings` go before those that all have.
  std::unique_ptr<Program> start(Environment settings = {},
                                 const std::vector<std::string>& arguments = {}) {
    settings.insert({{"ZFSREST_STATE", state()},
                     {"ZFSREST_LISTEN", "127.0.0.1:0"},
                     {"ZFSREST_ENGINE", "userland"}});
    std::vector<std::string> words{tree() / "run"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return std::make_unique<Program>(words, settings, directory_.path(), [] { ::setsid(); });
  }

  // One of what it has started itself, by the beginning of its name; 0 if there is none.
  static pid_t server(const Program& run, const std::string& name) {
    for (const pid_t pid : descendants_of(run.pid()))
      if (status_field(pid, "Name").starts_with(name) &&
          status_field(pid, "PPid") == std::to_string(run.pid()))
        return pid;
    return 0;
  }

  void expect_no_process_left(const std::string& when) {
    EXPECT_TRUE(eventually([&] { return find_processes(directory_.path()).empty(); })) << when;
  }

  void expect_nothing_left(const std::string& when) {
    expect_no_process_left(when);
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

TEST_F(Run, TheReleaseOfOpenZfsThatIsAskedForRunsAndHasPoolsOfItsOwn) {
  const std::string prefix = "userland-";
  int releases = 0;
  for (const auto& entry : fs::directory_iterator(userland::build_directory())) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(prefix)) continue;
    releases++;
    const std::string release = name.substr(prefix.size());
    const auto program = start({{"ZFSREST_OPENZFS", release}});
    const std::string line = program->wait_for_line("ready: ");
    EXPECT_NE(line.find(" openzfs " + release + "."), std::string::npos)
        << line << program->errors();
    const Address address{.socket_path = state() + "/zfsrest.sock"};
    EXPECT_EQ(
        Connection(address)
            .ask({.method = "POST", .target = "/v1/datasets", .body = R"({"name":"tank/own"})"})
            .status,
        201)
        << release;
    ::kill(-program->pid(), SIGINT);
    EXPECT_EQ(program->wait().status, 130);
    expect_nothing_left("after " + release);
  }
  EXPECT_GE(releases, 1);
  for (const char* release : {"2", "2.3.2", "two"}) {
    const Ended refused = start({{"ZFSREST_OPENZFS", release}})->wait();
    EXPECT_EQ(refused.status, 1) << release;
    EXPECT_EQ(refused.error_lines(), 1U) << refused.errors;
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

TEST_F(Run, ADaemonThatRefusesToStartEndsItAtOnceWithOneLine) {
  const BusyPort busy;
  for (const std::string& listen : {std::string("junk"), busy.address()}) {
    const auto program = start({{"ZFSREST_LISTEN", listen}});
    const Ended ended = program->wait();
    EXPECT_EQ(ended.status, 1) << listen;
    EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
    EXPECT_TRUE(ended.errors.starts_with("zfsrestd: ")) << ended.errors;
    expect_nothing_left("listening on " + listen);
  }
  fs::permissions(state(), fs::perms::all);
  const auto program = start();
  const Ended ended = program->wait();
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.error_lines(), 1U) << ended.errors;
  EXPECT_NE(ended.errors.find(state()), std::string::npos) << ended.errors;
  expect_nothing_left("a state directory that others can write");
}

TEST_F(Run, WhenAServerDiesItSaysWhichAndEndsTheRest) {
  const std::pair<std::string, std::string> servers[] = {
      {"zfs-userland-se", "zfsrest: the user-space engine has ended (status 137)"},
      {"zfsrestd", "zfsrest: zfsrestd has ended (status 137)"}};
  for (const auto& [name, said] : servers) {
    const auto program = start();
    ASSERT_NE(program->wait_for_line("ready: "), "") << program->errors();
    const pid_t pid = server(*program, name);
    ASSERT_NE(pid, 0) << name;
    ::kill(pid, SIGKILL);
    const Ended ended = program->wait();
    EXPECT_EQ(ended.status, 1) << name;
    EXPECT_NE(ended.errors.find(said), std::string::npos) << ended.errors;
    expect_no_process_left("after the death of " + name);
  }
}

TEST_F(Run, ASecondCtrlCDoesNotKeepItFromStoppingItsServers) {
  for (const int pause_ms : {0, 5, 20, 50}) {
    const auto program = start();
    ASSERT_NE(program->wait_for_line("ready: "), "") << program->errors();
    ASSERT_NE(program->wait_for_line("  curl "), "") << program->errors();
    const std::string when = "after Ctrl-C thrice, every " + std::to_string(pause_ms) + " ms";
    const pid_t slow = server(*program, "zfsrestd");
    ASSERT_NE(slow, 0);
    ::kill(slow, SIGSTOP);
    for (int time = 0; time < 3; ++time) {
      ::kill(-program->pid(), SIGINT);
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_TRUE(is_alive(program->pid())) << "it has ended before its servers " << when;
    ::kill(slow, SIGCONT);
    const Ended ended = program->wait();
    EXPECT_EQ(ended.status, 130) << when;
    EXPECT_EQ(ended.errors, "") << when;
    expect_nothing_left(when);
  }
}

TEST_F(Run, ASignalStopsTheBuild) {
  fs::remove(tree() / "tools/build");
  fs::copy_file(userland::source_directory() / "tools/build", tree() / "tools/build");
  write_program(tree() / "bin/ninja", "sleep 1000 & sleep 1000\n");
  // What the tree holds is linked to what was built, so that only ninja is called.
  const std::string path = (tree() / "bin").string() + ":" + std::getenv("PATH");
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const auto program = start({{"PATH", path}});
    EXPECT_TRUE(eventually([&] { return descendants_of(program->pid()).size() >= 4; }));
    ::kill(signal == SIGINT ? -program->pid() : program->pid(), signal);
    const Ended ended = program->wait();
    EXPECT_EQ(ended.status, signal == SIGINT ? 130 : 143);
    EXPECT_EQ(ended.errors, "");
    expect_nothing_left("after a signal during the build");
  }
  // Nobody can pass SIGKILL on, so only the direct way down to ninja is told.
  write_program(tree() / "bin/ninja", "exec sleep 1000\n");
  const auto program = start({{"PATH", path}});
  EXPECT_TRUE(eventually([&] {
    return std::ranges::any_of(descendants_of(program->pid()),
                               [](pid_t pid) { return status_field(pid, "Name") == "sleep"; });
  }));
  ::kill(program->pid(), SIGKILL);
  EXPECT_EQ(program->wait().status, 128 + SIGKILL);
  expect_nothing_left("after SIGKILL during the build");
}

TEST_F(Run, WhatPackagesAreBeingSetUpWithIsInterruptedAndWaitedFor) {
  write_program(tree() / "tools/packages",
                "trap '' INT\n"
                "echo begun\n"
                "sleep 1\n"
                "echo done\n");
  const auto program = start();
  EXPECT_NE(program->wait_for_line("begun"), "");
  ::kill(program->pid(), SIGTERM);
  const Ended ended = program->wait();
  EXPECT_EQ(ended.status, 143);
  EXPECT_NE(ended.output.find("done"), std::string::npos) << ended.output;
  expect_nothing_left("after SIGTERM while packages are installed");
}

TEST_F(Run, HelpIsPrintedAndOtherArgumentsAreRefused) {
  const auto help = start({}, {"--help"})->wait();
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.output.find("ZFSREST_LISTEN"), std::string::npos) << help.output;
  EXPECT_EQ(help.output.find("set -euo"), std::string::npos) << help.output;
  EXPECT_EQ(help.errors, "");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--port=1"}, {""}, {"--help", "now"}}) {
    const Ended refused = start({}, arguments)->wait();
    EXPECT_EQ(refused.status, 2);
    EXPECT_EQ(refused.output, "");
    EXPECT_EQ(refused.error_lines(), 1U) << refused.errors;
  }
  EXPECT_FALSE(fs::exists(state()));
}

TEST_F(Run, TheLinesItPrintsCanBePasted) {
  const fs::path odd = directory_.path() / "a \"b\" 'c' $d";
  const auto program = start({{"ZFSREST_STATE", odd}, {"ZFSREST_LISTEN", "[::1]:0"}});
  ASSERT_NE(program->wait_for_line("ready: "), "") << program->errors();
  ASSERT_NE(program->wait_for_line("  curl -gs "), "") << program->errors();
  EXPECT_TRUE(eventually([&] { return std::ranges::count(program->output(), '\n') == 4; }));
  std::istringstream lines(program->output());
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    Program pasted({"bash", "-c", line}, {}, directory_.path());
    const Ended ended = pasted.wait();
    EXPECT_EQ(ended.status, 0) << line;
    EXPECT_NE(ended.output.find("\"name\":\"tank"), std::string::npos) << line << ended.output;
  }
  ::kill(program->pid(), SIGTERM);
  EXPECT_EQ(program->wait().status, 143);
  expect_no_process_left("after the lines");
}

TEST_F(Run, ABuildThatCannotBeWrittenIsRunAsItIs) {
  const fs::path place = directory_.path() / "clone";
  const std::vector<std::string> programs{"bin/zfsrestd", "bin/zfsrest-agent",
                                          "bin/zfsrest-gateway", "userland/zfs-userland-server",
                                          "userland/libzfs-userland-preload.so"};
  for (const char* folder :
       {"tools", "src", "userland", "build/default/bin", "build/default/userland"})
    fs::create_directories(place / folder);
  fs::copy_file(userland::source_directory() / "tools/build", place / "tools/build");
  for (const std::string& name : programs) write_program(place / "build/default" / name, "");
  std::ofstream(place / "build/default/.ninja_log") << "";
  for (const char* folder : {"build", "build/default"})
    fs::permissions(place / folder, fs::perms::owner_write, fs::perm_options::remove);
  fs::permissions(directory_.path(), fs::perms::others_exec, fs::perm_options::add);
  // Root can write everywhere.
  const auto build = [&] {
    // What is there is the installed release's.
    Program program({place / "tools/build", "default", "run"}, {{"ZFSREST_OPENZFS", ""}},
                    directory_.path(), [] {
                      if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0))
                        ::_exit(99);
                    });
    return program.wait();
  };

  const Ended same = build();
  EXPECT_EQ(same.status, 0);
  EXPECT_EQ(same.errors, "");

  std::ofstream(place / "src/newer.cpp") << "";
  const auto log = fs::last_write_time(place / "build/default/.ninja_log");
  fs::last_write_time(place / "src/newer.cpp", log + std::chrono::seconds(1));
  const Ended older = build();
  EXPECT_EQ(older.status, 0);
  EXPECT_EQ(older.error_lines(), 1U) << older.errors;

  fs::remove(place / "build/default/bin/zfsrest-agent");
  const Ended missing = build();
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.error_lines(), 1U) << missing.errors;
  EXPECT_NE(missing.errors.find("bin/zfsrest-agent"), std::string::npos) << missing.errors;
}

}  // namespace
}  // namespace zfsrest::faults
