// What /proc says of a process, and programs that the tests start.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace zfsrest::faults {

std::string read_file(const std::string& path);
// The value of a line "Name:   value" of /proc/PID/status.
std::string status_field(pid_t pid, std::string_view name);
std::vector<std::string> open_files(pid_t pid);
std::size_t count_threads(pid_t pid);
// Their numbers, in order; none of a process that is gone. Each has a /proc/PID of its own.
std::vector<pid_t> threads_of(pid_t pid);
// False for a zombie.
bool is_alive(pid_t pid);
// All processes below this one, at any depth.
std::vector<pid_t> descendants_of(pid_t pid);
// All that have a file below the directory open; what a test starts has its errors there.
std::vector<pid_t> find_processes(const std::string& directory);
// Proportional share of memory.
std::size_t pss_bytes(pid_t pid);

// Waits for something to become true; false if it has not until the watchdog.
bool eventually(const std::function<bool()>& condition);

using Environment = std::map<std::string, std::string>;

struct Ended {
  int status = -1;  // exit status, or 128 and the signal
  std::string output;
  std::string errors;
  std::size_t error_lines() const;
};

// A program that runs, its two outputs in files of their own. Killed with the object, and with the
// test program.
class Program {
 public:
  // `prepare` runs in the new process before the program does.
  Program(const std::vector<std::string>& words, const Environment& environment,
          const std::string& directory, const std::function<void()>& prepare = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  std::string output() const { return read_file(output_path_); }
  std::string errors() const { return read_file(errors_path_); }
  // Waits for its end; the test fails if it does not come until the watchdog.
  Ended wait();
  // Waits for a line of its output that begins like this, or its end; empty for the end.
  std::string wait_for_line(std::string_view beginning);

 private:
  bool has_ended();

  pid_t pid_ = -1;
  int status_ = -1;
  bool is_reaped_ = false;
  std::string output_path_;
  std::string errors_path_;
};

}  // namespace zfsrest::faults
