#include "process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include "http.hpp"

namespace zfsrest::faults {
namespace {

namespace fs = std::filesystem;

std::string proc(pid_t pid, const std::string& name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

// The numbers among the names in a directory.
std::vector<pid_t> numbers_in(const std::string& directory) {
  std::vector<pid_t> pids;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename();
    if (std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; }))
      pids.push_back(std::stoi(name));
  }
  return pids;
}

std::vector<pid_t> all_processes() {
  return numbers_in("/proc");
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string status_field(pid_t pid, std::string_view name) {
  std::istringstream lines(read_file(proc(pid, "status")));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(std::string(name) + ":")) continue;
    const std::size_t begin = line.find_first_not_of(" \t", name.size() + 1);
    return begin == std::string::npos
               ? ""
               : line.substr(begin, line.find_last_not_of(" \t") - begin + 1);
  }
  return "";
}

std::vector<std::string> open_files(pid_t pid) {
  std::vector<std::string> targets;
  std::error_code ec;
  for (auto entry = fs::directory_iterator(proc(pid, "fd"), ec);
       !ec && entry != fs::directory_iterator(); entry.increment(ec)) {
    std::error_code gone;
    const fs::path target = fs::read_symlink(entry->path(), gone);
    if (!gone) targets.push_back(target);
  }
  return targets;
}

std::size_t count_threads(pid_t pid) {
  const std::string count = status_field(pid, "Threads");
  return count.empty() ? 0 : std::stoul(count);
}

std::vector<pid_t> threads_of(pid_t pid) {
  std::vector<pid_t> threads = numbers_in(proc(pid, "task"));
  std::ranges::sort(threads);
  return threads;
}

bool is_alive(pid_t pid) {
  const std::string state = status_field(pid, "State");
  return !state.empty() && state[0] != 'Z' && state[0] != 'X';
}

std::vector<pid_t> descendants_of(pid_t pid) {
  std::vector<pid_t> found{pid};
  const std::vector<pid_t> all = all_processes();
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const pid_t each : all)
      if (status_field(each, "PPid") == std::to_string(found[i])) found.push_back(each);
  found.erase(found.begin());
  return found;
}

std::vector<pid_t> find_processes(const std::string& directory) {
  std::vector<pid_t> found = all_processes();
  std::erase_if(found, [&](pid_t pid) {
    return pid == ::getpid() || std::ranges::none_of(open_files(pid), [&](const std::string& file) {
             return file.starts_with(directory + "/");
           });
  });
  return found;
}

std::size_t pss_bytes(pid_t pid) {
  std::istringstream lines(read_file(proc(pid, "smaps_rollup")));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("Pss:")) return std::stoul(line.substr(4)) * 1024;
  return 0;
}

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + watchdog;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::size_t Ended::error_lines() const {
  return static_cast<std::size_t>(std::ranges::count(errors, '\n'));
}

Program::Program(const std::vector<std::string>& words, const Environment& environment,
                 const std::string& directory, const std::function<void()>& prepare) {
  static std::atomic<int> number = 0;
  const std::string name = directory + "/program" + std::to_string(++number);
  output_path_ = name + ".out";
  errors_path_ = name + ".err";
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int output =
      ::open(output_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  const int errors =
      ::open(errors_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    for (const auto& [key, value] : environment) ::setenv(key.c_str(), value.c_str(), 1);
    if (prepare) prepare();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(output);
  ::close(errors);
}

Program::~Program() {
  if (has_ended()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool Program::has_ended() {
  if (is_reaped_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  is_reaped_ = true;
  status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

Ended Program::wait() {
  EXPECT_TRUE(eventually([this] { return has_ended(); })) << "the program does not end";
  return {.status = status_, .output = output(), .errors = errors()};
}

std::string Program::wait_for_line(std::string_view beginning) {
  std::string line;
  EXPECT_TRUE(eventually([&] {
    std::istringstream lines(output());
    while (std::getline(lines, line) && !lines.eof())
      if (line.starts_with(beginning)) return true;
    line.clear();
    return has_ended();
  })) << "the program says nothing";
  return line;
}

}  // namespace zfsrest::faults
