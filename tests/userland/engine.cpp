#include "engine.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace userland {
namespace {

// A shell that runs tests in the background has them ignore it, which would be handed down to what
// they send it to.
[[maybe_unused]] const auto ignored_before = std::signal(SIGINT, SIG_DFL);

std::filesystem::path directory_of(const char* variable, const char* fallback) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : fallback;
}

std::size_t entries(const std::filesystem::path& directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory),
                                                std::filesystem::directory_iterator()));
}

std::string quote(const std::string& text) {
  std::string quoted = "'";
  for (const char each : text) quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return quoted + "'";
}

int status_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Starts a program with its standard output in a pipe and, if asked for, its errors as well.
pid_t start(const std::vector<std::string>& words, bool with_errors, int* output) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    // Nothing outlives a test program that was killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDOUT_FILENO);
    if (with_errors) dup2(ends[1], STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  *output = ends[0];
  return pid;
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t got; (got = read(descriptor, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(got));
  close(descriptor);
  return text;
}

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 200; i++) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

std::filesystem::path source_directory() {
  return directory_of("ZFSREST_SOURCE", SOURCE_DIRECTORY);
}

std::filesystem::path build_directory() {
  return directory_of("ZFSREST_BUILD", BUILD_DIRECTORY);
}

std::string server_program() {
  const char* release = std::getenv("ZFSREST_OPENZFS");
  const std::string suffix =
      release != nullptr && *release != '\0' ? std::string("-") + release : "";
  return build_directory() / ("userland" + suffix) / "zfs-userland-server";
}

std::string read_line(int descriptor) {
  std::string line;
  for (char each = 0; read(descriptor, &each, 1) == 1 && each != '\n';) line += each;
  return line;
}

int wait_for(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return status_of(status);
}

Outcome run_plain(const std::string& command) {
  int output = -1;
  const pid_t pid = start({"/bin/bash", "-c", command}, true, &output);
  Outcome outcome;
  outcome.output = read_all(output);
  outcome.status = wait_for(pid);
  return outcome;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = "/dev/shm/userland-test-XXXXXX";
  if (mkdtemp(name.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Engine::Engine() {
  setenv("ZFSREST_USERLAND", state().c_str(), 1);
  setenv("ZFSREST_BUILD", build_directory().c_str(), 1);
  start();
}

Engine::~Engine() {
  if (pid_ > 0) stop(SIGTERM);
}

void Engine::start() {
  int output = -1;
  pid_ = userland::start({server_program(), "--state", state()}, false, &output);
  const std::string line = read_line(output);
  close(output);
  if (line != "ready") throw std::runtime_error("the server has not started");
}

int Engine::stop(int signal) {
  kill(pid_, signal);
  const int status = wait_for(pid_);
  pid_ = -1;
  return status;
}

std::size_t Engine::threads() const {
  return entries("/proc/" + std::to_string(pid_) + "/task");
}

std::size_t Engine::descriptors() const {
  return entries("/proc/" + std::to_string(pid_) + "/fd");
}

bool Engine::threads_return_to(std::size_t count) const {
  return comes_true([&] { return threads() <= count; });
}

bool Engine::descriptors_return_to(std::size_t count) const {
  return comes_true([&] { return descriptors() <= count; });
}

std::string Engine::disk(const std::string& name, std::uintmax_t bytes) const {
  const std::filesystem::path path = directory() / name;
  close(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  std::filesystem::resize_file(path, bytes);
  return path;
}

Outcome Engine::run(const std::string& command) const {
  return run_plain((source_directory() / "userland/with-zfs").string() + " bash -c " +
                   quote(command));
}

std::string Engine::expect(const std::string& command) const {
  Outcome outcome = run(command);
  EXPECT_EQ(outcome.status, 0) << command << "\n" << outcome.output;
  if (!outcome.output.empty() && outcome.output.back() == '\n') outcome.output.pop_back();
  return outcome.output;
}

pid_t Engine::spawn(const std::string& command, int* output) const {
  return userland::start(
      {source_directory() / "userland/with-zfs", "bash", "-c", "exec " + command}, false, output);
}

std::string Engine::device_program(const std::string& text) const {
  static int count = 0;
  const std::string path = directory() / ("program" + std::to_string(++count) + ".py");
  std::ofstream(path) << "import os, signal, sys, time\n"
                      << "sys.dont_write_bytecode = True\n"
                      << "sys.path.append('" << (source_directory() / "tests/userland").string()
                      << "')\n"
                      << "from zfs_device import *\n"
                      << text;
  return "/usr/bin/python3 " + path;
}

std::string Engine::hash(const std::string& volume) const {
  return run_plain((source_directory() / "userland/zfs-data").string() + " hash " + volume).output;
}

void Engine::write(const std::string& volume, const std::string& options) const {
  const Outcome outcome = run_plain((source_directory() / "userland/zfs-data").string() +
                                    " write " + volume + " " + options);
  EXPECT_EQ(outcome.status, 0) << outcome.output;
}

}  // namespace userland
