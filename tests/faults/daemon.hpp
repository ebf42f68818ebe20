// A daemon of its own for a test, on an engine of its own or on the kernel's ZFS.
#pragma once

#include <memory>
#include <string>

#include "http.hpp"
#include "process.hpp"
#include "userland/engine.hpp"

namespace zfsrest::faults {

// The environment that lets a daemon use an engine, whether it runs or not; `settings` by their
// variables.
Environment environment_on(const userland::Engine& engine, Environment settings = {});
// The same for one with this state directory.
Environment environment_for(const std::string& state, const userland::Engine& engine,
                            Environment settings = {});
// The settings of a daemon on an engine that writes down its ioctls: a line "MILLISECONDS NUMBER"
// of each.
Environment writing_ioctls_to(const std::string& path);
std::size_t count_ioctls(const std::string& path);
// The settings of one each of whose ioctls waits so long before.
Environment waiting_before_ioctls(std::chrono::milliseconds time);

class Daemon {
 public:
  // Runs it until it is ready. `settings` are variables of its environment.
  Daemon(const std::string& program, Environment settings);
  explicit Daemon(const userland::Engine& engine, Environment settings = {});
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  const std::string& state() const { return state_; }
  std::string token() const;
  Address unix_socket() const { return {.socket_path = state() + "/zfsrest.sock"}; }
  Address tcp() const { return {.port = port_}; }

  // One request on a connection of its own; on TCP the token goes along.
  Answer ask(const std::string& method, const std::string& target,
             const std::string& body = "") const;
  Answer ask_tcp(const std::string& method, const std::string& target,
                 const std::string& body = "") const;
  std::string authorization() const { return "Authorization: Bearer " + token() + "\r\n"; }

  pid_t supervisor() const { return program_->pid(); }
  // 0 while there is none.
  pid_t agent() const { return child("zfsrest-agent"); }
  pid_t gateway() const { return child("zfsrest-gateway"); }

  // Kills one and returns when another process has its place and answers; how long that took.
  std::chrono::milliseconds kill_and_wait(pid_t pid) const;
  // Whether the daemon answers about pools.
  bool answers() const { return ask_tcp("GET", "/v1/pools").status == 200; }

  // Ends the daemon by a signal to the supervisor; what is left of it is the test's to look at.
  Ended stop(int signal);
  std::string log() const { return program_->errors(); }
  // The line by which it said that it is ready.
  const std::string& ready() const { return ready_; }

 private:
  pid_t child(const std::string& name) const;

  userland::TemporaryDirectory directory_;
  std::string state_;
  std::unique_ptr<Program> program_;
  std::string ready_;
  std::uint16_t port_ = 0;
};

// Asks for a pool on a sparse file.
void make_pool(const Daemon& daemon, const userland::Engine& engine, const std::string& name);

// Makes a dataset and so many below it, without the daemon.
void make_datasets(const userland::Engine& engine, const std::string& parent, int count);

// How many lines a command of the stock tools prints.
int count_lines(const userland::Engine& engine, const std::string& command);

}  // namespace zfsrest::faults
