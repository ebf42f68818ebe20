#include "gateway/gateway.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <utility>

#include "config/control.hpp"
#include "gateway/exchange.hpp"
#include "http/server.hpp"
#include "log/log.hpp"
#include "os/privileges.hpp"

namespace zfsrest::gateway {
namespace {

namespace asio = boost::asio;

http::Limits limits_of(const config::Settings& settings) {
  http::Limits limits;
  limits.header_bytes = settings.header_bytes;
  limits.body_bytes = settings.body_bytes;
  limits.bodies_bytes = settings.bodies_bytes;
  limits.header_deadline = std::chrono::milliseconds(settings.header_deadline_ms);
  limits.idle_timeout = std::chrono::milliseconds(settings.idle_timeout_ms);
  limits.connections = settings.connections;
  limits.unix_connections = settings.unix_connections;
  limits.stream_stall = std::chrono::seconds(settings.stream_stall_s);
  return limits;
}

// Every deadline of the agent has passed before these. Each piece of a list has one of its own, so
// that a whole page may take as long as a write.
AgentLink::Patience patience_of(const config::Settings& settings) {
  constexpr std::chrono::seconds margin(5);
  const std::chrono::milliseconds read(settings.read_deadline_ms);
  const std::chrono::milliseconds write(settings.write_deadline_ms);
  return {.read = read + margin, .page = std::max(read, write) + margin, .write = write + margin};
}

class Gateway {
 public:
  Gateway(config::Control control, config::Control::Start start)
      : control_(std::move(control)),
        control_watch_(io_, control_.fd()),
        signals_(io_, SIGTERM),
        link_(std::make_shared<AgentLink>(io_, events(), patience_of(start.settings))),
        server_(io_, limits_of(start.settings), {.extra = start.settings.hosts}, hooks()),
        listener_(std::move(start.listener)) {}
  // The control descriptor belongs to control_.
  ~Gateway() { control_watch_.release(); }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void run() {
    watch_control();
    listen_at_last();
    signals_.async_wait([this](const boost::system::error_code& ec, int) {
      if (!ec) stop();
    });
    io_.run();
    link_->disconnect();
  }

 private:
  AgentLink::Events events() {
    return {
        .connection = [this](std::string handle,
                             os::Fd fd) { serve(std::move(handle), std::move(fd)); },
        .up = [this] { begin(); },
        .down = [this] { server_.close_unix(); },
        .broken = [this] { [[maybe_unused]] const auto told = control_.send_link_is_broken(); }};
  }

  http::Hooks hooks() {
    return {.check_head = [](const http::RequestHead& head,
                             const http::Origin&) { return check_head(head); },
            .waits = waits,
            .is_for_the_client_alone = is_page,
            .streams = streams,
            .answer = [this](http::Request request) { return answer(link_, std::move(request)); },
            .refuse = refuse,
            .closed = [this](const std::string& handle) { link_->tell_closed(handle); }};
  }

  void serve(std::string handle, os::Fd fd) {
    server_.serve(std::move(fd),
                  {.kind = http::Origin::Kind::unix_socket, .handle = std::move(handle)});
  }

  // The first time that an agent is there, all is ready.
  void begin() {
    listen();
    if (std::exchange(is_ready_, true)) return;
    [[maybe_unused]] const auto told = control_.send_ready({{"serving", true}});
  }

  // Who connects early waits a little for the agent, but then hears that it is not there.
  void listen_at_last() {
    constexpr std::chrono::seconds little(1);
    listen_timer_.expires_after(little);
    listen_timer_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) listen();
    });
  }

  void listen() {
    if (listener_) server_.listen(std::move(listener_));
  }

  void watch_control() {
    control_watch_.async_wait(asio::posix::stream_descriptor::wait_read,
                              [this](const boost::system::error_code& ec) {
                                if (ec) return;
                                auto link = control_.receive_link();
                                if (!link.ok() || !link.value()) {
                                  stop();
                                  return;
                                }
                                link_->connect(std::move(*link.value()));
                                watch_control();
                              });
  }

  void stop() {
    constexpr auto grace = std::chrono::seconds(4);
    server_.stop();
    stop_timer_.expires_after(grace);
    stop_timer_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) io_.stop();
    });
    poll_until_quiet();
  }

  // Connections with a running answer may end it; then there is nothing left to stay for.
  void poll_until_quiet() {
    if (server_.connections() == 0) {
      io_.stop();
      return;
    }
    constexpr auto pause = std::chrono::milliseconds(20);
    quiet_timer_.expires_after(pause);
    quiet_timer_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) poll_until_quiet();
    });
  }

  asio::io_context io_{1};
  config::Control control_;
  asio::posix::stream_descriptor control_watch_;
  asio::signal_set signals_;
  asio::steady_timer listen_timer_{io_};
  asio::steady_timer stop_timer_{io_};
  asio::steady_timer quiet_timer_{io_};
  std::shared_ptr<AgentLink> link_;
  http::Server server_;
  os::Fd listener_;
  bool is_ready_ = false;
};

}  // namespace

int run() {
  log::name_process("gateway");
  ::prctl(PR_SET_NAME, "zfsrest-gateway", 0, 0, 0);
  os::forbid_core_files();
  std::signal(SIGPIPE, SIG_IGN);
  config::Control control{os::Fd(config::control_fd)};
  auto start = control.receive_start();
  if (!start.ok()) return 1;
  Gateway gateway(std::move(control), std::move(start.value()));
  gateway.run();
  return 0;
}

}  // namespace zfsrest::gateway
