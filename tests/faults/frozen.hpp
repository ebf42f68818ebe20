// An engine that does not answer.
#pragma once

#include <sys/wait.h>

#include <csignal>

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

}  // namespace zfsrest::faults
