#include "supervisor/supervisor.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "base/errno_name.hpp"
#include "log/log.hpp"
#include "os/socket.hpp"
#include "supervisor/child.hpp"
#include "supervisor/state_directory.hpp"

namespace zfsrest::supervisor {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto stop_patience = std::chrono::seconds(5);
constexpr auto kill_patience = std::chrono::seconds(1);
// How often a process may have a new link at most because it calls the one that it has broken.
constexpr auto link_pause = std::chrono::milliseconds(200);

class Supervisor {
 public:
  Supervisor(config::Settings settings, std::optional<os::User> user, os::Fd tcp,
             os::Fd unix_socket, os::Fd signals)
      : settings_(std::move(settings)),
        user_(user),
        tcp_(std::move(tcp)),
        unix_(std::move(unix_socket)),
        signals_(std::move(signals)) {}

  Result<Nothing> run() {
    while (!stopping_ && !failure_) {
      start_what_is_due();
      wait_for_something();
      leave_the_stuck();
    }
    stop_children();
    ::unlink(settings_.socket_path().c_str());
    if (failure_) return *failure_;
    return Nothing{};
  }

 private:
  void start_what_is_due() {
    const bool agent_is_new = start_if_due(agent_, unix_);
    const bool gateway_is_new = start_if_due(gateway_, tcp_);
    const bool is_asked_for = wants_link_ && Clock::now() >= next_link_at_;
    if (agent_is_new || gateway_is_new || is_asked_for) connect();
  }

  bool start_if_due(Child& child, const os::Fd& listener) {
    const auto now = Clock::now();
    if (failure_ || !child.is_due(now)) return false;
    const auto started = child.start(settings_, listener, user_);
    if (started.ok()) return true;
    // Later it may go better, but what fails at first is for the one who starts us.
    const std::string why =
        fmt::format("{} cannot be started: {}: {}", child.program(), started.error().subject,
                    errno_phrase(started.error().os_errno));
    if (is_announced_)
      log::line(log::Level::error, "start_failed", {{"detail", why}});
    else
      failure_ = Error::of(Code::bug, why);
    child.ended(now);
    return false;
  }

  // Gives both a new link. Whichever of them has one drops it.
  void connect() {
    wants_link_ = false;
    next_link_at_ = Clock::now() + link_pause;
    if (!agent_.control() || !gateway_.control()) return;
    auto link = os::socket_pair();
    if (!link.ok()) {
      log::line(log::Level::error, "no_link", {{"errno", errno_name(link.error().os_errno)}});
      return;
    }
    hand_link(agent_, link.value().first);
    hand_link(gateway_, link.value().second);
  }

  // A process that has just died does not take it, and its successor gets another. Nor does one
  // that has left so many unread that there is no room for more: it is given up.
  void hand_link(Child& child, const os::Fd& end) {
    const auto sent = child.control()->send_link(end);
    if (!sent.ok() && sent.error().os_errno == EAGAIN)
      give_up(child, "it reads nothing of what it is told");
  }

  // Ends a process with which something is wrong; when it has ended, another is started.
  void give_up(Child& child, std::string_view why) {
    log::line(log::Level::error, "process_given_up",
              {{"program", child.program()}, {"pid", child.pid()}, {"detail", why}});
    child.close_control();
    if (child.is_running()) ::kill(child.pid(), SIGKILL);
  }

  void wait_for_something() {
    std::array<pollfd, 4> waiting{{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                   {.fd = poll_fd(agent_), .events = POLLIN, .revents = 0},
                                   {.fd = poll_fd(gateway_), .events = POLLIN, .revents = 0},
                                   {.fd = agent_.life_line(), .events = POLLIN, .revents = 0}}};
    if (::poll(waiting.data(), waiting.size(), milliseconds_to_wait()) < 0) return;
    if (waiting[3].revents != 0) agent_.note_death(Clock::now());
    if (waiting[1].revents != 0) hear(agent_, agent_facts_);
    if (waiting[2].revents != 0) hear(gateway_, gateway_facts_);
    if (waiting[0].revents != 0) take_signals();
    announce();
  }

  static int poll_fd(const Child& child) { return child.control() ? child.control()->fd() : -1; }

  // Until something is due; -1 if nothing is.
  int milliseconds_to_wait() const {
    auto next = Clock::time_point::max();
    if (wants_link_) next = next_link_at_;
    for (const Child* child : {&agent_, &gateway_})
      if (!child->is_running()) next = std::min(next, child->start_at());
    next = std::min(next, agent_.leave_at().value_or(next));
    if (next == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(0, left.count()));
  }

  void hear(Child& child, json::Object& facts) {
    auto told = child.control()->receive_told();
    if (!told.ok()) {
      if (told.error().os_errno != EAGAIN) give_up(child, "it says what makes no sense");
      return;
    }
    if (!told.value()) {
      child.close_control();
      return;
    }
    if (told.value()->contains("link_is_broken")) {
      wants_link_ = true;
      return;
    }
    facts = std::move(*told.value());
    const json::Value* failed = facts.if_contains("failed");
    if (!failed) {
      child.serves();
      return;
    }
    // It is about to end, and has nothing more to say.
    child.close_control();
    if (!is_announced_ && failed->is_string()) {
      failure_ = Error::of(Code::bug, std::string(json::view(failed->get_string())));
    } else {
      log::line(log::Level::error, "start_failed",
                {{"program", child.program()}, {"detail", *failed}});
    }
  }

  void take_signals() {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof(signal)) == sizeof(signal)) {
      if (signal.ssi_signo == SIGCHLD)
        reap();
      else
        stopping_ = true;
    }
  }

  void reap() {
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0;
         pid = ::waitpid(-1, &status, WNOHANG)) {
      for (Child* child : {&agent_, &gateway_}) {
        if (child->pid() != pid) continue;
        child->ended(Clock::now());
        if (stopping_ || failure_) continue;
        log::line(log::Level::error, "process_ended",
                  {{"program", child->program()},
                   {"signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0},
                   {"exit_status", WIFEXITED(status) ? WEXITSTATUS(status) : 0}});
        // What fails before it ever served will fail again.
        if (!is_announced_)
          failure_ = Error::of(
              Code::bug, child->program() + " ended before it served; its messages are above");
      }
    }
  }

  // An agent that was killed while a thread of it is stuck in the kernel is no longer waited for.
  void leave_the_stuck() {
    const auto now = Clock::now();
    if (now < agent_.leave_at().value_or(Clock::time_point::max())) return;
    log::line(log::Level::error, "process_stuck",
              {{"program", agent_.program()}, {"pid", agent_.pid()}});
    agent_.ended(now);
  }

  // Says that all is there, once.
  void announce() {
    if (is_announced_ || !agent_facts_.contains("engine") || !gateway_facts_.contains("serving"))
      return;
    is_announced_ = true;
    const auto text = [&](const char* key) {
      return std::string(json::view(agent_facts_.at(key).as_string()));
    };
    fmt::print("ready: http://{} socket {} token {} engine {} openzfs {}\n",
               settings_.listen.text(), settings_.socket_path(), settings_.token_path(),
               text("engine"), text("openzfs"));
    std::fflush(stdout);
  }

  void stop_children() {
    stopping_ = true;
    signal_children(SIGTERM);
    wait_for_end(Clock::now() + stop_patience);
    if (!agent_.is_running() && !gateway_.is_running()) return;
    signal_children(SIGKILL);
    wait_for_end(Clock::now() + kill_patience);
    // A thread that is stuck in the kernel keeps its process; nobody can wait for that.
    if (agent_.is_running()) log::line(log::Level::error, "agent_stuck", {{"pid", agent_.pid()}});
  }

  void signal_children(int number) const {
    for (const Child* child : {&agent_, &gateway_})
      if (child->is_running()) ::kill(child->pid(), number);
  }

  void wait_for_end(Clock::time_point until) {
    while ((agent_.is_running() || gateway_.is_running()) && Clock::now() < until) {
      pollfd waiting{.fd = signals_.get(), .events = POLLIN, .revents = 0};
      ::poll(&waiting, 1, 50);
      take_signals();
      reap();
    }
  }

  config::Settings settings_;
  std::optional<os::User> user_;  // whom the gateway becomes
  os::Fd tcp_;
  os::Fd unix_;
  os::Fd signals_;
  Child agent_{"zfsrest-agent", Privileges::kept, Threads::several};
  Child gateway_{"zfsrest-gateway", Privileges::dropped, Threads::one};
  json::Object agent_facts_;
  json::Object gateway_facts_;
  bool wants_link_ = false;
  Clock::time_point next_link_at_{};
  bool is_announced_ = false;
  bool stopping_ = false;
  std::optional<Error> failure_;
};

os::Fd block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&set, number);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return os::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

Result<os::Fd> explain(Result<os::Fd> opened, const std::string& what) {
  if (opened.ok()) return opened;
  return Error::of(Code::bug, fmt::format("{} cannot be listened on: {}", what,
                                          errno_phrase(opened.error().os_errno)));
}

}  // namespace

Result<Nothing> run(const config::Settings& wanted) {
  config::Settings settings = wanted;
  // Whoever stops us while we begin finds nothing left behind either.
  os::Fd signals = block_signals();
  std::optional<os::User> user;
  if (::geteuid() == 0) user = TRY(os::find_user(settings.gateway_user));
  const os::Fd lock = TRY(lock_state(settings));
  os::Fd tcp = TRY(
      explain(os::listen_tcp(settings.listen.host, settings.listen.port), settings.listen.text()));
  settings.listen.port = TRY(os::port_of(tcp.get()));
  os::Fd unix_socket =
      TRY(explain(os::listen_unix(settings.socket_path()), settings.socket_path()));
  os::raise_descriptor_limit();
  return Supervisor(std::move(settings), user, std::move(tcp), std::move(unix_socket),
                    std::move(signals))
      .run();
}

}  // namespace zfsrest::supervisor
