// One process that the supervisor starts, and starts again when it has ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "config/control.hpp"
#include "os/privileges.hpp"

namespace zfsrest::supervisor {

// What becomes of it before it runs.
enum class Privileges { kept, dropped };
// A process of one thread is gone when it is dead.
enum class Threads { one, several };

class Child {
 public:
  Child(std::string program, Privileges privileges, Threads threads)
      : program_(std::move(program)), privileges_(privileges), threads_(threads) {}

  // Starts the program, which lies beside this one, and hands it settings and listener. Where
  // privileges are dropped it becomes `user`, if one is given.
  Result<Nothing> start(const config::Settings& settings, const os::Fd& listener,
                        const std::optional<os::User>& user);

  // To be called when it serves: an end after that is an accident.
  void serves() { failures_ = 0; }

  // To be called when it has ended or could not be started: it is due again soon, and later if it
  // never served.
  void ended(std::chrono::steady_clock::time_point now);

  // Where to hear that threads of it have ended, -1 when that is known or can't be.
  int life_line() const { return life_line_.get(); }
  // To be called when there was something to hear: it is dead, and is gone soon unless a thread of
  // it is stuck in the kernel.
  void note_death(std::chrono::steady_clock::time_point now) {
    life_line_.close();
    died_at_ = now;
  }
  // When it is no longer waited for: it may never be reaped. None as long as it lives.
  std::optional<std::chrono::steady_clock::time_point> leave_at() const;

  bool is_running() const { return pid_ > 0; }
  bool is_due(std::chrono::steady_clock::time_point now) const {
    return !is_running() && now >= start_at_;
  }
  std::chrono::steady_clock::time_point start_at() const { return start_at_; }
  pid_t pid() const { return pid_; }
  const std::string& program() const { return program_; }

  // Null when there is none to talk to: it may have closed its end and yet not have ended.
  const config::Control* control() const { return control_ ? &*control_ : nullptr; }
  void close_control() { control_.reset(); }

 private:
  std::string program_;
  Privileges privileges_;
  Threads threads_;
  pid_t pid_ = 0;
  std::optional<config::Control> control_;
  std::chrono::steady_clock::time_point start_at_{};
  int failures_ = 0;  // in a row
  os::Fd life_line_;
  std::optional<std::chrono::steady_clock::time_point> died_at_;
};

}  // namespace zfsrest::supervisor
