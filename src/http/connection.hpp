// One connection: reads requests, has them answered one after the other, and closes in good time.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/body_flow.hpp"
#include "http/budget.hpp"
#include "http/deadline.hpp"
#include "http/hooks.hpp"
#include "http/hosts.hpp"
#include "http/input.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "http/refusal.hpp"
#include "http/request_parser.hpp"
#include "http/transport.hpp"
#include "http/writer.hpp"

namespace zfsrest::http {

// What all connections of a server have in common.
struct Service {
  Service(const Limits& its_limits, Hosts its_hosts, Hooks its_hooks)
      : limits(its_limits),
        hosts(std::move(its_hosts)),
        hooks(std::move(its_hooks)),
        tcp_bodies(std::max(limits.bodies_bytes, limits.body_bytes)),
        unix_bodies(std::max(limits.bodies_bytes, limits.body_bytes)),
        tcp_waits(std::min(limits.connections, limits.connections_per_peer) / 2),
        unix_waits(limits.unix_connections / 2) {}

  Budget& bodies_of(Origin::Kind kind) const {
    return kind == Origin::Kind::tcp ? tcp_bodies : unix_bodies;
  }
  Budget& waits_of(Origin::Kind kind) const {
    return kind == Origin::Kind::tcp ? tcp_waits : unix_waits;
  }

  Limits limits;
  Hosts hosts;
  Hooks hooks;
  bool stopping = false;
  // Strangers on TCP cannot use up what the daemon's owner needs.
  mutable Budget tcp_bodies;
  mutable Budget unix_bodies;
  // Those who wait leave places for those who do not.
  mutable Budget tcp_waits;
  mutable Budget unix_waits;
};

class Connection {
 public:
  Connection(boost::asio::io_context& io, std::shared_ptr<const Service> service,
             std::unique_ptr<Transport> transport, Origin origin);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Serves until the connection has ended. Never throws, but for want of memory.
  static boost::asio::awaitable<void> run(std::shared_ptr<Connection> self);

  // Answers that the server is full, and closes.
  static boost::asio::awaitable<void> turn_away(std::shared_ptr<Connection> self);

  const Origin& origin() const { return origin_; }

  // Since when it has waited for a request of which no byte has arrived; nothing while there is
  // one.
  std::optional<Deadline::Clock::time_point> idle_since() const {
    return is_idle_ ? std::optional(idle_since_) : std::nullopt;
  }

  // Closes if no request has begun to arrive. Otherwise the connection ends after its present
  // answer, once the service is stopping.
  void close_if_idle();

  // Closes now; an answer that is being made is dropped when it is there.
  void close_now();

 private:
  enum class Next : std::uint8_t { request, close, reset };

  // How a response is to be sent: what the request said, and what the refusal of it demands.
  struct Exchange {
    Version version = Version::http_1_1;
    bool is_head = false;
    After after = After::close;
  };
  static Exchange exchange_of(const RequestHead& head);

  // Why a client is watched no longer.
  enum class Unwatched : std::uint8_t { ended, crowded };

  boost::asio::awaitable<Next> serve_request();
  boost::asio::awaitable<bool> read_head(RequestParser& parser, std::optional<Refusal>& refusal);
  boost::asio::awaitable<bool> read_body(RequestParser& parser, Budget::Share& share,
                                         std::optional<Refusal>& refusal);
  boost::asio::awaitable<Next> serve_body(RequestParser& parser, Exchange exchange);
  boost::asio::awaitable<Next> end_early(RequestParser& parser, Response response);
  boost::asio::awaitable<Next> refuse(Refusal refusal, Exchange exchange);
  boost::asio::awaitable<Next> send(Response response, Exchange exchange);
  boost::asio::awaitable<Next> serve_stream(RequestParser& parser, Exchange exchange);
  boost::asio::awaitable<Next> take_stream(RequestParser& parser, FdSink sink, Exchange exchange);
  boost::asio::awaitable<bool> invite(RequestParser& parser);
  boost::asio::awaitable<Response> finish(const FdSink& sink);
  boost::asio::awaitable<Next> send_flow(FdBody body, std::string head, Exchange exchange);
  boost::asio::awaitable<std::optional<Response>> answer_instead(const FdBody& body);
  boost::asio::awaitable<Response> answer(Request request);
  boost::asio::awaitable<Response> answer_who_waits(Request request);
  boost::asio::awaitable<Response> answer_who_may_leave(Request request);
  template <class T>
  boost::asio::awaitable<T> watched(boost::asio::awaitable<T> work,
                                    std::function<void(Unwatched)> unwatched);
  template <class T>
  boost::asio::awaitable<T> ending_watch(boost::asio::awaitable<T> work);
  template <class T>
  boost::asio::awaitable<T> with_reader(boost::asio::awaitable<T> work);
  boost::asio::awaitable<void> watch(std::function<void(Unwatched)> unwatched);
  boost::asio::awaitable<bool> has_succeeded(const FdBody& body);
  boost::asio::awaitable<bool> read_more();
  boost::asio::awaitable<bool> write(std::initializer_list<std::string_view> pieces);
  boost::asio::awaitable<void> linger();
  std::optional<Response> check_head(const RequestHead& head) const;
  bool waits(const RequestHead& head) const;
  bool is_for_the_client_alone(const RequestHead& head) const;
  bool streams(const RequestHead& head) const;
  void expire();

  std::shared_ptr<const Service> service_;
  std::unique_ptr<Transport> transport_;
  Origin origin_;
  Input input_;
  std::shared_ptr<Deadline> deadline_;
  std::optional<BodyFlow> flow_;
  boost::asio::io_context& io_;
  bool is_first_request_ = true;
  bool is_idle_ = true;
  Deadline::Clock::time_point idle_since_ = Deadline::Clock::now();
  bool has_expired_ = false;
  bool is_watched_ = false;
  bool has_lost_reader_ = false;
  bool is_closed_ = false;
};

// Has the service's hook render a refusal; never throws, but for want of memory.
Response render_refusal(const Hooks& hooks, Code code, std::string detail);

}  // namespace zfsrest::http
