#include "http/server.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <exception>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/connection.hpp"
#include "http/socket_transport.hpp"
#include "http/writer.hpp"

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// How many connections beyond the limits are answered with 503 at the same time; more are just
// closed.
constexpr std::size_t max_turned_away = 64;

// How many connections are accepted before others get their turn.
constexpr int accepts_at_once = 16;

constexpr std::chrono::milliseconds accept_pause(50);

const std::string unix_peer = "unix";
const std::string loopback_peer = "loopback";

os::Fd open_reserve() {
  return os::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

// A local client can choose among all addresses of loopback, so they are one peer.
std::string peer_of(const sockaddr_storage& address) {
  constexpr in_addr_t loopback_net = 127;
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    if (ntohl(v4.sin_addr.s_addr) >> IN_CLASSA_NSHIFT == loopback_net) return loopback_peer;
    return {reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)) return loopback_peer;
  return {reinterpret_cast<const char*>(&v6.sin6_addr), sizeof v6.sin6_addr};
}

}  // namespace

// What connections and the accept loop keep alive until they have ended.
class Server::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& io, Limits limits, Hosts hosts, Hooks hooks)
      : io_(io),
        service_(std::make_shared<Service>(limits, std::move(hosts), std::move(hooks))),
        stop_timer_(io),
        reserve_(open_reserve()) {}

  void listen(os::Fd listener);
  void admit(os::Fd socket, const Origin& origin, const std::string& peer) noexcept;
  void close_unix();
  void stop();
  void stop_accepting();
  void close_all();
  std::size_t connections() const { return connections_.size(); }

 private:
  using Listener = asio::posix::stream_descriptor;
  enum class Accepted : std::uint8_t { one, none, not_now };

  static asio::awaitable<void> accept_from(std::shared_ptr<State> self,
                                           std::shared_ptr<Listener> listener);
  Accepted accept_one(int listener);
  void turn_away_some(int listener);
  void start(const std::shared_ptr<Connection>& connection, const std::string& peer);
  void start_turning_away(const std::shared_ptr<Connection>& connection);
  void ended(const std::shared_ptr<Connection>& connection);
  void tell_closed(const Origin& origin) noexcept;
  std::size_t connections_of(const std::string& peer) const;
  bool has_place(const std::string& peer) const;
  bool make_place(const std::string& peer);
  void leave(Connection* connection);

  // A connection that is served, and whom it counts for.
  struct Place {
    std::shared_ptr<Connection> connection;
    std::string peer;
  };

  asio::io_context& io_;
  std::shared_ptr<Service> service_;
  asio::steady_timer stop_timer_;
  os::Fd reserve_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::unordered_map<Connection*, Place> connections_;
  std::unordered_map<std::string, std::size_t> connections_of_peer_;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> turned_away_;
};

void Server::State::listen(os::Fd listener) {
  ::fcntl(listener.get(), F_SETFL, ::fcntl(listener.get(), F_GETFL) | O_NONBLOCK);
  auto descriptor = std::make_shared<Listener>(io_);
  error_code ec;
  ec = descriptor->assign(listener.get(), ec);
  if (ec) return;
  static_cast<void>(listener.release());
  listeners_.push_back(descriptor);
  asio::co_spawn(io_, accept_from(shared_from_this(), descriptor),
                 [](const std::exception_ptr&) {});
}

asio::awaitable<void> Server::State::accept_from(std::shared_ptr<State> self,
                                                 std::shared_ptr<Listener> listener) {
  asio::steady_timer pause(self->io_);
  while (!self->service_->stopping) {
    error_code ec;
    co_await listener->async_wait(Listener::wait_read,
                                  asio::redirect_error(asio::use_awaitable, ec));
    Accepted accepted = ec ? Accepted::not_now : Accepted::one;
    for (int i = 0; i < accepts_at_once && accepted == Accepted::one; ++i) {
      if (self->service_->stopping) co_return;
      try {
        accepted = self->accept_one(listener->native_handle());
      } catch (const std::exception&) {
        accepted = Accepted::not_now;
      }
    }
    if (accepted != Accepted::not_now || self->service_->stopping) continue;
    // Whatever the kernel lacks, it will not have it at once: trying again without a pause would
    // spin.
    pause.expires_after(accept_pause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
}

Server::State::Accepted Server::State::accept_one(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  os::Fd socket(::accept4(listener, reinterpret_cast<sockaddr*>(&address), &size,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket) {
    admit(std::move(socket), Origin{.kind = Origin::Kind::tcp}, peer_of(address));
    return Accepted::one;
  }
  switch (errno) {
    case EAGAIN:
      return Accepted::none;
    case EMFILE:
    case ENFILE:
      turn_away_some(listener);
      return Accepted::not_now;
    case EINTR:
    case ECONNABORTED:
      return Accepted::one;
    default:
      return Accepted::not_now;
  }
}

// Gives up the reserve for clients that are told at once instead of waiting for others to leave.
void Server::State::turn_away_some(int listener) {
  const Response response =
      render_refusal(service_->hooks, Code::overloaded, "out of file descriptors");
  const auto* body = std::get_if<std::string>(&response.body);
  const std::string text =
      format_head(response, Version::http_1_1, After::close, std::time(nullptr)).value_or("") +
      (body ? *body : "");
  reserve_.close();
  for (int i = 0; i < accepts_at_once; ++i) {
    const os::Fd socket(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) break;
    ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(socket.get(), SHUT_WR);
  }
  reserve_ = open_reserve();
}

std::size_t Server::State::connections_of(const std::string& peer) const {
  const auto found = connections_of_peer_.find(peer);
  return found == connections_of_peer_.end() ? 0 : found->second;
}

bool Server::State::has_place(const std::string& peer) const {
  const Limits& limits = service_->limits;
  const std::size_t of_peer = connections_of(peer);
  if (peer == unix_peer) return of_peer < limits.unix_connections;
  return of_peer < limits.connections_per_peer &&
         connections_.size() - connections_of(unix_peer) < limits.connections;
}

// Closes the connection that has been idle longest among those whose place would help, so that
// nobody can keep others out by doing nothing. False if there is none.
bool Server::State::make_place(const std::string& peer) {
  const bool any_tcp =
      peer != unix_peer && connections_of(peer) < service_->limits.connections_per_peer;
  Connection* longest = nullptr;
  for (const auto& [connection, place] : connections_) {
    const bool helps = any_tcp ? place.peer != unix_peer : place.peer == peer;
    if (!helps || !connection->idle_since()) continue;
    if (!longest || *connection->idle_since() < *longest->idle_since()) longest = connection;
  }
  if (!longest) return false;
  longest->close_now();
  leave(longest);
  return true;
}

void Server::State::admit(os::Fd socket, const Origin& origin, const std::string& peer) noexcept {
  try {
    Result<std::unique_ptr<Transport>> transport = make_socket_transport(io_, std::move(socket));
    if (!transport || service_->stopping) return tell_closed(origin);
    auto connection =
        std::make_shared<Connection>(io_, service_, std::move(transport).value(), origin);
    if (has_place(peer) || make_place(peer)) return start(connection, peer);
    if (turned_away_.size() < max_turned_away) return start_turning_away(connection);
    tell_closed(origin);
  } catch (const std::exception&) {
    // No memory for this client; those who are served keep what they have.
    tell_closed(origin);
  }
}

void Server::State::start(const std::shared_ptr<Connection>& connection, const std::string& peer) {
  connections_.emplace(connection.get(), Place{.connection = connection, .peer = peer});
  ++connections_of_peer_[peer];
  asio::awaitable<void> session = Connection::run(connection);
  asio::co_spawn(io_, std::move(session),
                 [self = shared_from_this(), connection](const std::exception_ptr&) {
                   self->ended(connection);
                 });
}

void Server::State::start_turning_away(const std::shared_ptr<Connection>& connection) {
  turned_away_.emplace(connection.get(), connection);
  asio::awaitable<void> session = Connection::turn_away(connection);
  asio::co_spawn(io_, std::move(session),
                 [self = shared_from_this(), connection](const std::exception_ptr&) {
                   self->turned_away_.erase(connection.get());
                   self->tell_closed(connection->origin());
                 });
}

void Server::State::ended(const std::shared_ptr<Connection>& connection) {
  connection->close_now();
  leave(connection.get());
  tell_closed(connection->origin());
  if (service_->stopping && connections_.empty()) stop_timer_.cancel();
}

// Frees the place of a connection, if it still has one.
void Server::State::leave(Connection* connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const auto of_peer = connections_of_peer_.find(found->second.peer);
  if (--of_peer->second == 0) connections_of_peer_.erase(of_peer);
  connections_.erase(found);
}

void Server::State::tell_closed(const Origin& origin) noexcept {
  if (origin.kind != Origin::Kind::unix_socket || !service_->hooks.closed) return;
  try {
    service_->hooks.closed(origin.handle);
  } catch (...) {
    // The hook has been told; what it makes of that is its own.
    return;
  }
}

void Server::State::close_unix() {
  for (const auto& [connection, place] : connections_)
    if (connection->origin().kind == Origin::Kind::unix_socket) connection->close_now();
}

void Server::State::stop_accepting() {
  service_->stopping = true;
  error_code ignored;
  for (const auto& listener : listeners_) ignored = listener->close(ignored);
  listeners_.clear();
}

void Server::State::stop() {
  if (service_->stopping) return;
  stop_accepting();
  for (const auto& [connection, place] : connections_) connection->close_if_idle();
  if (connections_.empty()) return;
  stop_timer_.expires_after(service_->limits.stop_grace);
  stop_timer_.async_wait([weak = weak_from_this()](const error_code& ec) {
    const std::shared_ptr<State> self = weak.lock();
    if (!ec && self) self->close_all();
  });
}

void Server::State::close_all() {
  for (const auto& [connection, place] : connections_) connection->close_now();
  for (const auto& [key, connection] : turned_away_) connection->close_now();
}

Server::Server(asio::io_context& io, Limits limits, Hosts hosts, Hooks hooks)
    : state_(std::make_shared<State>(io, limits, std::move(hosts), std::move(hooks))) {}

Server::~Server() {
  state_->stop_accepting();
  state_->close_all();
}

void Server::listen(os::Fd listener) {
  state_->listen(std::move(listener));
}

void Server::serve(os::Fd socket, const Origin& origin) {
  state_->admit(std::move(socket), origin, unix_peer);
}

void Server::close_unix() {
  state_->close_unix();
}

void Server::stop() {
  state_->stop();
}

std::size_t Server::connections() const {
  return state_->connections();
}

}  // namespace zfsrest::http
