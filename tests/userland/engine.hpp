// A server of its own for a test, on memory, and the stock tools on it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace userland {

// What a command has printed (both streams) and how it ended: its exit status, or 128 and its
// signal.
struct Outcome {
  int status = -1;
  std::string output;
};

// A directory that is gone with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Starts the server and returns when it has said that it is ready.
  void start();
  // Ends it with a signal and returns its exit status, or 128 and its signal.
  int stop(int signal);
  pid_t pid() const { return pid_; }
  std::size_t threads() const;
  std::size_t descriptors() const;
  // These wait up to two seconds for the number to be no more than this.
  bool threads_return_to(std::size_t count) const;
  bool descriptors_return_to(std::size_t count) const;

  std::filesystem::path state() const { return directory_.path() / "state"; }
  std::filesystem::path socket() const { return state() / "engine.sock"; }
  std::filesystem::path directory() const { return directory_.path(); }
  // A sparse file for a pool.
  std::string disk(const std::string& name, std::uintmax_t bytes = 256u << 20) const;

  // Runs a shell command line with the engine in the place of the kernel's ZFS.
  Outcome run(const std::string& command) const;
  // The same, and what it printed without the last newline; the test fails if the command did.
  std::string expect(const std::string& command) const;
  // Starts one and leaves it running; its standard output can be read from the descriptor.
  pid_t spawn(const std::string& command, int* output) const;

  // A Python program with what zfs_device.py offers at hand, as a command.
  std::string device_program(const std::string& text) const;

  std::string hash(const std::string& volume) const;
  void write(const std::string& volume, const std::string& options = "") const;

 private:
  TemporaryDirectory directory_;
  pid_t pid_ = -1;
};

std::filesystem::path source_directory();
std::filesystem::path build_directory();
// The server of the release that ZFSREST_OPENZFS names, or of the installed one.
std::string server_program();

// Runs a shell command line as it is.
Outcome run_plain(const std::string& command);

// One line of a program's output without its end, or what there is of it.
std::string read_line(int descriptor);

// Waits for a program to end; its exit status, or 128 and its signal.
int wait_for(pid_t pid);

}  // namespace userland
