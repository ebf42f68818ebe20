#include "agent/agent.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <thread>

#include "agent/dispatcher.hpp"
#include "base/errno_name.hpp"
#include "config/control.hpp"
#include "log/log.hpp"
#include "os/life_line.hpp"
#include "os/privileges.hpp"
#include "zfs/module.hpp"

namespace zfsrest::agent {
namespace {

constexpr auto stop_grace = std::chrono::seconds(3);

// The way to the gateway of the moment: it changes when the gateway is restarted, and is missing in
// between.
class Gateway {
 public:
  std::shared_ptr<link::Channel> wait() {
    std::unique_lock lock(mutex_);
    has_come_.wait(lock, [this] { return channel_ != nullptr; });
    return channel_;
  }
  void set(std::shared_ptr<link::Channel> channel) {
    const std::lock_guard lock(mutex_);
    if (channel_) channel_->shut_down();
    channel_ = std::move(channel);
    has_come_.notify_all();
  }
  void lose(const std::shared_ptr<link::Channel>& channel) {
    channel->shut_down();
    const std::lock_guard lock(mutex_);
    if (channel_ == channel) channel_.reset();
  }

 private:
  std::mutex mutex_;
  std::condition_variable has_come_;
  std::shared_ptr<link::Channel> channel_;
};

class Agent {
 public:
  Agent(config::Control control, config::Control::Start start, auth::Token token,
        std::unique_ptr<jobs::Registry> jobs, store::RequestJournal requests)
      : control_(std::move(control)),
        settings_(std::move(start.settings)),
        listener_(std::move(start.listener)),
        callers_(std::move(token), ::geteuid()),
        jobs_(std::move(jobs)),
        requests_(std::move(requests)),
        dispatcher_(settings_, callers_, *jobs_, requests_) {}

  int run(int signals) {
    std::thread([this] { accept_connections(); }).detach();
    std::thread([this] { dispatcher_.recover_jobs(); }).detach();
    if (!control_.send_ready(facts()).ok()) return 1;
    while (true) {
      std::array<pollfd, 2> waiting{{{.fd = control_.fd(), .events = POLLIN, .revents = 0},
                                     {.fd = signals, .events = POLLIN, .revents = 0}}};
      if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return 1;
      if (waiting[1].revents != 0) break;
      if (waiting[0].revents == 0) continue;
      auto link = control_.receive_link();
      if (!link.ok() || !link.value()) break;
      take_link(std::move(*link.value()));
    }
    dispatcher_.stop(stop_grace);
    return 0;
  }

 private:
  json::Object facts() const {
    const auto module = zfs::read_module(settings_.module_directory);
    return {{"engine", describe::encode(settings_.engine)},
            {"openzfs", module.ok() ? module.value().version : "none"}};
  }

  void take_link(os::Fd fd) {
    auto channel = std::make_shared<link::Channel>(std::move(fd));
    // The greeting goes before any connection.
    if (!channel->send({.kind = link::Kind::hello}).ok()) return;
    // The new gateway knows no connection of the one before it.
    callers_.forget_all();
    gateway_.set(channel);
    std::thread([this, channel] { serve(channel); }).detach();
  }

  // Reads until the link ends, or until another reads on while this thread carries out a request.
  void serve(const std::shared_ptr<link::Channel>& channel) {
    while (true) {
      auto frame = channel->receive();
      if (!frame.ok() && frame.error().code == Code::bug) return break_link(channel);
      if (!frame.ok() || !frame.value()) return lose(channel);
      if (frame.value()->kind == link::Kind::request) {
        Turn turn(dispatcher_.deadlines(), readers_, [this, channel] { serve(channel); });
        dispatcher_.dispatch(channel, *std::move(frame.value()), turn);
        if (!turn.end()) return;
      } else if (frame.value()->kind == link::Kind::closed)
        callers_.forget(frame.value()->payload);
      else if (frame.value()->kind == link::Kind::hurry)
        dispatcher_.hurry(channel, frame.value()->id);
      else if (frame.value()->kind == link::Kind::moved)
        note_moved(channel, *frame.value());
      else
        return break_link(channel);
    }
  }

  void break_link(const std::shared_ptr<link::Channel>& channel) {
    log::line(log::Level::error, "link_broken");
    [[maybe_unused]] const auto told = control_.send_link_is_broken();
    lose(channel);
  }

  void lose(const std::shared_ptr<link::Channel>& channel) {
    dispatcher_.lose(channel);
    gateway_.lose(channel);
  }

  void note_moved(const std::shared_ptr<link::Channel>& channel, const link::Frame& frame) {
    const std::string& text = frame.payload;
    std::uint64_t bytes = 0;
    std::from_chars(text.data(), text.data() + text.size(), bytes);
    dispatcher_.note_moved(channel, frame.id, bytes);
  }

  void accept_connections() {
    constexpr auto breath = std::chrono::milliseconds(100);
    while (true) {
      auto accepted = os::accept(listener_.get());
      if (!accepted.ok()) {
        // Out of descriptors, or a connection that ended before it was accepted; neither is worth
        // spinning for.
        if (accepted.error().os_errno != ECONNABORTED && accepted.error().os_errno != EINTR)
          std::this_thread::sleep_for(breath);
        continue;
      }
      if (const auto peer = os::peer_of(accepted.value().get()); peer.ok())
        hand_over(std::move(accepted.value()), peer.value());
    }
  }

  // A connection that comes while there is no gateway waits for the next one, as those on TCP do.
  void hand_over(os::Fd connection, const os::Peer& peer) {
    link::Frame frame{.kind = link::Kind::connection, .descriptor = std::move(connection)};
    while (true) {
      const auto channel = gateway_.wait();
      frame.payload = callers_.add_connection(peer);
      if (channel->send(frame).ok()) return;
      callers_.forget(frame.payload);
      gateway_.lose(channel);
    }
  }

  config::Control control_;
  config::Settings settings_;
  os::Fd listener_;
  auth::Callers callers_;
  std::unique_ptr<jobs::Registry> jobs_;
  store::RequestJournal requests_;
  Dispatcher dispatcher_;
  Gateway gateway_;
  // A request is turned away by none of them: where they are all busy, it waits for its pool's.
  static constexpr std::size_t reading_threads = 64;
  std::shared_ptr<Workers> readers_ = std::make_shared<Workers>(reading_threads, 0);
};

os::Fd block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  std::signal(SIGPIPE, SIG_IGN);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // It does nothing but end what a thread does in the kernel, so that system call is not made anew.
  struct sigaction interrupt{};
  interrupt.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &interrupt, nullptr);
  return os::Fd(::signalfd(-1, &set, SFD_CLOEXEC));
}

Result<std::unique_ptr<jobs::Registry>> open_jobs(const config::Settings& settings) {
  return jobs::Registry::open(TRY(store::JobJournal::open(settings.jobs_path())),
                              {.unfinished = settings.jobs_waiting,
                               .kept = settings.jobs_kept,
                               .kept_for = std::chrono::seconds(settings.jobs_kept_s)});
}

Result<store::RequestJournal> open_requests(const config::Settings& settings) {
  constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;
  return store::RequestJournal::open(settings.requests_path(),
                                     {.requests = settings.requests_kept,
                                      .bytes = most_bytes,
                                      .age = std::chrono::seconds(settings.requests_kept_s)});
}

}  // namespace

int run() {
  log::name_process("agent");
  ::prctl(PR_SET_NAME, "zfsrest-agent", 0, 0, 0);
  os::forbid_core_files();
  const os::Fd signals = block_signals();
  os::keep_life_line(os::Fd(config::life_line_fd));
  config::Control control{os::Fd(config::control_fd)};
  auto start = control.receive_start();
  if (!start.ok()) return 1;
  auto token = auth::Token::open(start.value().settings.token_path());
  if (!token.ok()) {
    [[maybe_unused]] const auto told = control.send_failure(token.error().detail);
    return 1;
  }
  auto jobs = open_jobs(start.value().settings);
  if (!jobs.ok()) {
    [[maybe_unused]] const auto told = control.send_failure(jobs.error().detail);
    return 1;
  }
  auto requests = open_requests(start.value().settings);
  if (!requests.ok()) {
    [[maybe_unused]] const auto told = control.send_failure(requests.error().detail);
    return 1;
  }
  // Detached threads use it until the process ends, which stuck ones must not prevent.
  auto* agent = new Agent(std::move(control), std::move(start.value()), std::move(token.value()),
                          std::move(jobs.value()), std::move(requests.value()));
  ::_exit(agent->run(signals.get()));
}

}  // namespace zfsrest::agent
