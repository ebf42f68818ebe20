#include "daemon.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

namespace zfsrest::faults {
namespace {

// What is preloaded of a program on an engine whose ioctls are written down, or wait.
std::string ioctls_watched() {
  const auto build = userland::build_directory();
  return (build / "tests/faults/libzfsrest-log-ioctls.so:").string() +
         (build / "userland/libzfs-userland-preload.so").string();
}

}  // namespace

Environment environment_on(const userland::Engine& engine, Environment settings) {
  settings.emplace("ZFSREST_LISTEN", "127.0.0.1:0");
  settings.emplace("ZFSREST_ENGINE", "userland");
  settings.emplace("ZFSREST_MODULE_DIRECTORY", engine.state() / "module/zfs");
  settings.emplace("LD_PRELOAD",
                   userland::build_directory() / "userland/libzfs-userland-preload.so");
  settings.emplace("ZFS_USERLAND_SOCKET", engine.socket());
  return settings;
}

Environment environment_for(const std::string& state, const userland::Engine& engine,
                            Environment settings) {
  settings.emplace("ZFSREST_STATE", state);
  return environment_on(engine, std::move(settings));
}

Environment writing_ioctls_to(const std::string& path) {
  return {{"LD_PRELOAD", ioctls_watched()}, {"ZFSREST_TEST_IOCTLS", path}};
}

std::size_t count_ioctls(const std::string& path) {
  std::ifstream log(path);
  return static_cast<std::size_t>(
      std::count(std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>(), '\n'));
}

Environment waiting_before_ioctls(std::chrono::milliseconds time) {
  return {{"LD_PRELOAD", ioctls_watched()},
          {"ZFSREST_TEST_IOCTL_MS", std::to_string(time.count())}};
}

Daemon::Daemon(const std::string& program, Environment settings) {
  state_ = settings.emplace("ZFSREST_STATE", directory_.path() / "state").first->second;
  settings.emplace("ZFSREST_LISTEN", "127.0.0.1:0");
  program_ = std::make_unique<Program>(std::vector{program}, settings, directory_.path());
  ready_ = program_->wait_for_line("ready: ");
  const std::size_t colon = ready_.find(':', ready_.find("http://") + 7);
  EXPECT_NE(colon, std::string::npos) << ready_ << log();
  if (colon != std::string::npos)
    port_ = static_cast<std::uint16_t>(std::stoi(ready_.substr(colon + 1)));
}

Daemon::Daemon(const userland::Engine& engine, Environment settings)
    : Daemon(userland::build_directory() / "bin/zfsrestd",
             environment_on(engine, std::move(settings))) {}

std::string Daemon::token() const {
  std::string text = read_file(state() + "/token");
  return text.substr(0, text.find('\n'));
}

Answer Daemon::ask(const std::string& method, const std::string& target,
                   const std::string& body) const {
  return Connection(unix_socket()).ask({.method = method, .target = target, .body = body});
}

Answer Daemon::ask_tcp(const std::string& method, const std::string& target,
                       const std::string& body) const {
  return Connection(tcp()).ask(
      {.method = method, .target = target, .body = body, .fields = authorization()});
}

pid_t Daemon::child(const std::string& name) const {
  for (const pid_t pid : descendants_of(supervisor()))
    if (is_alive(pid) && status_field(pid, "Name") == name) return pid;
  return 0;
}

std::chrono::milliseconds Daemon::kill_and_wait(pid_t pid) const {
  const std::string name = status_field(pid, "Name");
  const auto begin = std::chrono::steady_clock::now();
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(eventually([&] { return child(name) != pid && answers(); })) << log();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin);
}

Ended Daemon::stop(int signal) {
  ::kill(supervisor(), signal);
  return program_->wait();
}

void make_pool(const Daemon& daemon, const userland::Engine& engine, const std::string& name) {
  const std::string path = engine.disk(name + ".img", 4ULL << 30);
  const Answer made = daemon.ask(
      "POST", "/v1/pools",
      R"({"name":")" + name + R"(","vdevs":{"data":[{"type":"file","path":")" + path + R"("}]}})");
  ASSERT_EQ(made.status, 201) << made.body << daemon.log();
}

void make_datasets(const userland::Engine& engine, const std::string& parent, int count) {
  // Many at once, as each waits for the pool to sync.
  engine.expect(
      "/usr/bin/python3 -c 'import libzfs_core as lzc\n"
      "from concurrent.futures import ThreadPoolExecutor\n"
      "lzc.lzc_create(b\"" +
      parent +
      "\")\n"
      "names = [b\"" +
      parent + "/%d\" % i for i in range(" + std::to_string(count) +
      ")]\n"
      "list(ThreadPoolExecutor(32).map(lzc.lzc_create, names))'");
}

int count_lines(const userland::Engine& engine, const std::string& command) {
  const std::string lines = engine.expect(command);
  return static_cast<int>(std::ranges::count(lines, '\n')) + (lines.empty() ? 0 : 1);
}

}  // namespace zfsrest::faults
