// An engine that does not answer, or slowly.
#pragma once

#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "userland/engine.hpp"

namespace zfsrest::faults {

// The engine stands still as long as this lives.
class Frozen {
 public:
  explicit Frozen(const userland::Engine& engine) : pid_(engine.pid()) {
    ::kill(pid_, SIGSTOP);
    // Its threads stop one after the other; the parent is told when the last one has.
    siginfo_t stopped{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED);
  }
  ~Frozen() { thaw(); }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;
  void thaw() { ::kill(pid_, SIGCONT); }

 private:
  pid_t pid_;
};

// The engine takes twenty times as long for everything as long as this lives, so that what it does
// in the background can be watched.
class Slow {
 public:
  explicit Slow(const userland::Engine& engine)
      : thread_([this, pid = engine.pid()] {
          while (!is_over_) {
            ::kill(pid, SIGSTOP);
            std::this_thread::sleep_for(std::chrono::milliseconds(38));
            ::kill(pid, SIGCONT);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
          }
        }) {}
  ~Slow() {
    is_over_ = true;
    thread_.join();
  }
  Slow(const Slow&) = delete;
  Slow& operator=(const Slow&) = delete;

 private:
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace zfsrest::faults
