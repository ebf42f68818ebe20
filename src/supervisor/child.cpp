#include "supervisor/child.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/errno_name.hpp"
#include "log/log.hpp"

namespace zfsrest::supervisor {
namespace {

using std::chrono::milliseconds;

constexpr auto usual_pause = milliseconds(50);
constexpr auto longest_pause = milliseconds(1'000);

std::string path_beside_us(const std::string& program) {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string self(path.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return self.substr(0, self.rfind('/') + 1) + program;
}

// What an unprivileged process may know of our environment: nothing but what sanitizers and time
// zones need.
std::vector<std::string> environment_for(Privileges privileges) {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view variable = *entry;
    const bool harmless = variable.starts_with("TZ=") || variable.starts_with("ASAN_OPTIONS=") ||
                          variable.starts_with("UBSAN_OPTIONS=") ||
                          variable.starts_with("TSAN_OPTIONS=");
    if (privileges == Privileges::kept || harmless) kept.emplace_back(variable);
  }
  return kept;
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGINT, SIG_IGN);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

// Who speaks with strangers gets no way to push keys into root's terminal, and only the supervisor
// has something to say on standard output.
void leave_terminal() {
  ::setsid();
  const os::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing || ::dup2(nothing.get(), STDIN_FILENO) < 0 ||
      ::dup2(nothing.get(), STDOUT_FILENO) < 0)
    ::_exit(1);
}

// The child's way from fork to its own program; it does not come back.
[[noreturn]] void become(int program_fd, const std::string& name, int control,
                         const os::Fd& life_line, Privileges privileges,
                         const std::optional<os::User>& user) {
  reset_signals();
  leave_terminal();
  if (privileges == Privileges::dropped) {
    if (auto dropped = os::drop_privileges(user); !dropped.ok()) {
      const Error& error = dropped.error();
      log::line(log::Level::error, "privileges_kept",
                {{"call", error.subject}, {"errno", errno_name(error.os_errno)}});
      ::_exit(1);
    }
  }
  std::vector<std::string> environment = environment_for(privileges);
  std::vector<char*> variables;
  variables.reserve(environment.size() + 1);
  for (std::string& variable : environment) variables.push_back(variable.data());
  variables.push_back(nullptr);
  std::array<char*, 2> arguments{const_cast<char*>(name.c_str()), nullptr};
  // The program is opened already, so that its user needs no way through the directories above it.
  // Nothing that is still needed lies where another has to go.
  constexpr int first_free = config::life_line_fd + 1;
  const int kept = ::fcntl(program_fd, F_DUPFD_CLOEXEC, first_free);
  const int line = life_line ? ::fcntl(life_line.get(), F_DUPFD, first_free) : -1;
  const int last = life_line ? config::life_line_fd : config::control_fd;
  if (::dup2(control, config::control_fd) < 0) ::_exit(1);
  if (life_line && ::dup2(line, config::life_line_fd) < 0) ::_exit(1);
  ::close_range(static_cast<unsigned>(last) + 1, static_cast<unsigned>(kept) - 1, 0);
  ::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
  ::fcntl(config::control_fd, F_SETFD, 0);
  ::execveat(kept, "", arguments.data(), variables.data(), AT_EMPTY_PATH);
  ::_exit(127);
}

}  // namespace

Result<Nothing> Child::start(const config::Settings& settings, const os::Fd& listener,
                             const std::optional<os::User>& user) {
  auto [ours, theirs] = TRY(config::Control::make_pair());
  const std::string path = path_beside_us(program_);
  const os::Fd program(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!program) return os::last_error(path);
  auto life_line = threads_ == Threads::several ? TRY(os::make_pipe()) : os::Pipe();
  const pid_t pid = ::fork();
  if (pid < 0) return os::last_error("fork");
  if (pid == 0)
    become(program.get(), program_, theirs.fd(), life_line.write_end, privileges_, user);
  pid_ = pid;
  life_line_ = std::move(life_line.read_end);
  died_at_.reset();
  control_.emplace(std::move(ours));
  // If it has ended already, its end says so.
  [[maybe_unused]] const auto sent = control_->send_start(settings, listener);
  return Nothing{};
}

std::optional<std::chrono::steady_clock::time_point> Child::leave_at() const {
  constexpr auto patience = std::chrono::seconds(2);
  if (!is_running() || !died_at_) return {};
  return *died_at_ + patience;
}

void Child::ended(std::chrono::steady_clock::time_point now) {
  constexpr int enough_doubling = 5;
  pid_ = 0;
  died_at_.reset();
  life_line_.close();
  control_.reset();
  start_at_ =
      now + std::min(longest_pause, usual_pause * (1 << std::min(failures_, enough_doubling)));
  ++failures_;
}

}  // namespace zfsrest::supervisor
