#include "http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <exception>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "http/ascii.hpp"

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t least_input_bytes = std::size_t{16} * 1024;

// A refused body of at most this length is read and dropped, so that the connection can go on.
constexpr std::uint64_t max_dropped_body_bytes = std::uint64_t{64} * 1024;

// The only expectation there is; RFC 9110, 10.1.1 has us ignore any in HTTP/1.0.
bool expects_continue(const RequestHead& head) {
  return head.version == Version::http_1_1 && head.find("Expect").has_value();
}

std::optional<Refusal> check_expectation(const RequestHead& head) {
  if (head.version == Version::http_1_0) return std::nullopt;
  for (const std::string_view value : head.values("Expect"))
    if (!equal_ignoring_case(value, "100-continue"))
      return Refusal{Code::expectation_failed, "the only expectation understood is 100-continue"};
  return std::nullopt;
}

Refusal too_many_bodies() {
  return {Code::overloaded, "the bodies of other requests leave no room for this one"};
}

// Needs nothing that could fail again.
Response render_plainly(Code code) {
  const CodeRow& row = row_of(code);
  Response response{.status = row.status, .body = std::string(row.word) + "\n"};
  response.fields.push_back({"Content-Type", "text/plain; charset=utf-8"});
  return response;
}

}  // namespace

Response render_refusal(const Hooks& hooks, Code code, std::string detail) {
  try {
    return hooks.refuse ? hooks.refuse(code, std::move(detail)) : render_plainly(code);
  } catch (...) {
    return render_plainly(code);
  }
}

Connection::Connection(asio::io_context& io, std::shared_ptr<const Service> service,
                       std::unique_ptr<Transport> transport, Origin origin)
    : service_(std::move(service)),
      transport_(std::move(transport)),
      origin_(std::move(origin)),
      input_(std::max(least_input_bytes, service_->limits.header_bytes + 1)),
      deadline_(std::make_shared<Deadline>(io, [this] { expire(); })),
      io_(io) {}

asio::awaitable<void> Connection::run(std::shared_ptr<Connection> self) {
  self->deadline_->set_in(self->service_->limits.header_deadline);
  Next next = Next::request;
  while (next == Next::request) next = co_await self->serve_request();
  if (next == Next::reset) {
    self->deadline_->clear();
    self->transport_->reset();
  } else {
    co_await self->linger();
  }
}

asio::awaitable<void> Connection::turn_away(std::shared_ptr<Connection> self) {
  Refusal refusal{Code::overloaded, "too many connections"};
  const Next next = co_await self->refuse(std::move(refusal), Exchange{});
  if (next == Next::close) co_await self->linger();
  self->deadline_->clear();
  self->transport_->close();
}

void Connection::close_if_idle() {
  if (is_idle_) close_now();
}

void Connection::close_now() {
  is_closed_ = true;
  transport_->close();
  if (flow_) flow_->close();
}

void Connection::expire() {
  has_expired_ = true;
  transport_->cancel();
}

Connection::Exchange Connection::exchange_of(const RequestHead& head) {
  return {.version = head.version,
          .is_head = head.method == "HEAD",
          .after = head.keep_alive ? After::keep_alive : After::close};
}

asio::awaitable<Connection::Next> Connection::serve_request() {
  RequestParser parser(service_->limits);
  std::optional<Refusal> refusal;
  const bool has_arrived = co_await read_head(parser, refusal);
  Exchange exchange = exchange_of(parser.head());
  if (refusal) co_return co_await refuse(std::move(*refusal), exchange);
  if (!has_arrived) co_return Next::close;

  refusal = check_hosts(parser.head(), origin_.kind, service_->hosts);
  if (!refusal) refusal = check_expectation(parser.head());
  if (refusal) co_return co_await refuse(std::move(*refusal), exchange);
  if (std::optional<Response> response = check_head(parser.head()))
    co_return co_await end_early(parser, std::move(*response));
  co_return co_await serve_body(parser, exchange);
}

// False without a refusal means that the connection has ended.
asio::awaitable<bool> Connection::read_head(RequestParser& parser,
                                            std::optional<Refusal>& refusal) {
  const Limits& limits = service_->limits;
  is_idle_ = input_.empty();
  idle_since_ = Deadline::Clock::now();
  if (!is_first_request_)
    deadline_->set_in(is_idle_ ? limits.idle_timeout : limits.header_deadline);
  for (;;) {
    RequestParser::Step step = parser.parse_head(input_.view());
    input_.consume(step.consumed_bytes);
    refusal = std::move(step.refusal);
    if (refusal || step.done) break;
    if (is_idle_ && !input_.empty()) {
      is_idle_ = false;
      if (!is_first_request_) deadline_->set_in(limits.header_deadline);
    }
    if (is_idle_ && service_->stopping) co_return false;
    const bool has_read = co_await read_more();
    if (has_read) continue;
    if (has_expired_ && !is_idle_)
      refusal = Refusal{Code::request_timeout, "the header did not arrive in time"};
    co_return false;
  }
  is_idle_ = false;
  is_first_request_ = false;
  co_return !refusal;
}

// The same for the body. Bytes of the body, not of chunk framing, earn time at the least rate; no
// more than the grace is ever kept, so that a fast beginning does not pay for a slow end.
asio::awaitable<bool> Connection::read_body(RequestParser& parser, Budget::Share& share,
                                            std::optional<Refusal>& refusal) {
  using Clock = Deadline::Clock;
  const Limits& limits = service_->limits;
  const double rate = static_cast<double>(std::max<std::uint64_t>(limits.body_bytes_per_second, 1));
  Clock::time_point due = Clock::now() + limits.body_grace;
  for (;;) {
    const std::uint64_t bytes_before = parser.body_bytes();
    RequestParser::Step step = parser.parse_body(input_.view());
    input_.consume(step.consumed_bytes);
    refusal = std::move(step.refusal);
    if (!refusal && !share.grow_to(parser.body_bytes())) refusal = too_many_bodies();
    if (refusal || step.done) co_return !refusal;

    const Clock::time_point now = Clock::now();
    const std::chrono::duration<double> earned(
        static_cast<double>(parser.body_bytes() - bytes_before) / rate);
    due = std::min(due + std::chrono::duration_cast<Clock::duration>(earned),
                   now + limits.body_grace);
    deadline_->set(std::min(due, now + limits.idle_timeout));
    const bool has_read = co_await read_more();
    if (has_read) continue;
    if (has_expired_) refusal = Refusal{Code::request_timeout, "the body arrived too slowly"};
    co_return false;
  }
}

asio::awaitable<Connection::Next> Connection::serve_body(RequestParser& parser, Exchange exchange) {
  if (streams(parser.head())) co_return co_await serve_stream(parser, exchange);
  if (auto refusal = parser.check_body_size())
    co_return co_await refuse(std::move(*refusal), exchange);
  std::optional<Budget::Share> share(std::in_place, service_->bodies_of(origin_.kind));
  if (!share->grow_to(parser.head().content_length.value_or(0)))
    co_return co_await refuse(too_many_bodies(), exchange);
  const bool is_invited = co_await invite(parser);
  if (!is_invited) co_return Next::reset;
  std::optional<Refusal> refusal;
  const bool has_arrived = co_await read_body(parser, *share, refusal);
  if (!has_arrived) share.reset();
  if (refusal) co_return co_await refuse(std::move(*refusal), exchange);
  if (!has_arrived) co_return Next::close;
  deadline_->clear();
  Request request = parser.take_request();
  request.origin = &origin_;
  Response response;
  if (waits(request.head))
    response = co_await answer_who_waits(std::move(request));
  else if (is_for_the_client_alone(request.head))
    response = co_await answer_who_may_leave(std::move(request));
  else
    response = co_await answer(std::move(request));
  share.reset();
  co_return co_await send(std::move(response), exchange);
}

// The body of a stream is not read before the answer says where it is to go.
asio::awaitable<Connection::Next> Connection::serve_stream(RequestParser& parser,
                                                           Exchange exchange) {
  deadline_->clear();
  Response response = co_await answer({.head = parser.head(),
                                       .memory = std::make_shared<os::Arena>(),
                                       .body = {},
                                       .origin = &origin_});
  auto* sink = std::get_if<FdSink>(&response.body);
  if (!sink) co_return co_await end_early(parser, std::move(response));
  co_return co_await take_stream(parser, std::move(*sink), exchange);
}

asio::awaitable<Connection::Next> Connection::take_stream(RequestParser& parser, FdSink sink,
                                                          Exchange exchange) {
  flow_.emplace(io_, *transport_, std::move(sink.sink),
                BodyFlow::Terms{.bytes_per_second = sink.bytes_per_second,
                                .stall = service_->limits.stream_stall});
  BodyFlow::Arrived arrived{.how = BodyFlow::Arrival::broken_off};
  const bool is_invited = co_await invite(parser);
  if (is_invited) {
    StreamFraming framing(parser.head());
    arrived = co_await flow_->receive(input_, framing, sink.moved);
  }
  // Its end is what the one who takes the body waits for. What became of that is asked in any case,
  // so that an answer is true when it is given.
  flow_.reset();
  Response response = co_await finish(sink);
  switch (arrived.how) {
    case BodyFlow::Arrival::whole:
      co_return co_await send(std::move(response), exchange);
    case BodyFlow::Arrival::declined:
      exchange.after = After::close;
      co_return co_await send(std::move(response), exchange);
    case BodyFlow::Arrival::refused:
      co_return co_await refuse(std::move(*arrived.refusal), exchange);
    case BodyFlow::Arrival::too_slow:
      co_return co_await refuse({Code::request_timeout, "the body stopped to arrive"}, exchange);
    case BodyFlow::Arrival::broken_off:
      break;
  }
  co_return Next::close;
}

// RFC 9110, 10.1.1: no 100 once the body has begun to arrive, or when there is none.
asio::awaitable<bool> Connection::invite(RequestParser& parser) {
  if (!expects_continue(parser.head()) || !parser.head().has_body() || !input_.empty())
    co_return true;
  co_return co_await write({"HTTP/1.1 100 Continue\r\n\r\n"});
}

asio::awaitable<Response> Connection::finish(const FdSink& sink) {
  std::string bug;
  try {
    co_return co_await sink.finished();
  } catch (const std::exception& exception) {
    bug = exception.what();
  }
  co_return render_refusal(service_->hooks, Code::bug, std::move(bug));
}

// Sends an answer that did not wait for the body. The connection goes on if the body is known to be
// small; after Expect it is not known whether the client sends it at all.
asio::awaitable<Connection::Next> Connection::end_early(RequestParser& parser, Response response) {
  const RequestHead& head = parser.head();
  Exchange exchange = exchange_of(head);
  const bool is_small = !head.chunked && head.content_length.value_or(0) <= max_dropped_body_bytes;
  if (head.has_body() && (!is_small || expects_continue(head))) exchange.after = After::close;
  const Next next = co_await send(std::move(response), exchange);
  if (next != Next::request) co_return next;
  std::optional<Refusal> unsaid;
  Budget::Share share(service_->bodies_of(origin_.kind));
  const bool is_dropped = co_await read_body(parser, share, unsaid);
  co_return is_dropped ? Next::request : Next::close;
}

asio::awaitable<Connection::Next> Connection::refuse(Refusal refusal, Exchange exchange) {
  exchange.after = After::close;
  // Nothing of it is read any more.
  input_.clear();
  Response response = render_refusal(service_->hooks, refusal.code, std::move(refusal.detail));
  co_return co_await send(std::move(response), exchange);
}

std::optional<Response> Connection::check_head(const RequestHead& head) const {
  if (!service_->hooks.check_head) return std::nullopt;
  try {
    return service_->hooks.check_head(head, origin_);
  } catch (const std::exception& bug) {
    return render_refusal(service_->hooks, Code::bug, bug.what());
  }
}

asio::awaitable<Response> Connection::answer(Request request) {
  std::string bug;
  try {
    co_return co_await service_->hooks.answer(std::move(request));
  } catch (const std::exception& exception) {
    bug = exception.what();
  }
  co_return render_refusal(service_->hooks, Code::bug, std::move(bug));
}

bool Connection::waits(const RequestHead& head) const {
  return service_->hooks.waits && service_->hooks.waits(head);
}

bool Connection::is_for_the_client_alone(const RequestHead& head) const {
  return service_->hooks.is_for_the_client_alone && service_->hooks.is_for_the_client_alone(head);
}

bool Connection::streams(const RequestHead& head) const {
  return service_->hooks.streams && service_->hooks.streams(head);
}

// Does `work` while the client is watched, as far as that can be.
template <class T>
asio::awaitable<T> Connection::watched(asio::awaitable<T> work,
                                       std::function<void(Unwatched)> unwatched) {
  using asio::experimental::awaitable_operators::operator&&;
  is_watched_ = true;
  co_return co_await (ending_watch(std::move(work)) && watch(std::move(unwatched)));
}

template <class T>
asio::awaitable<T> Connection::ending_watch(asio::awaitable<T> work) {
  T result = co_await std::move(work);
  is_watched_ = false;
  transport_->cancel();
  co_return result;
}

// Reads on while an answer is made or sent. On TCP a client that is gone looks like one that has
// only ended its own side, until something is written to it. Of one that sends more than there is
// room for the end cannot be seen.
asio::awaitable<void> Connection::watch(std::function<void(Unwatched)> unwatched) {
  while (is_watched_) {
    const std::span<char> room = input_.prepare();
    if (room.empty()) {
      unwatched(Unwatched::crowded);
      co_return;
    }
    const std::size_t read_bytes = co_await transport_->read_some(room);
    input_.commit(read_bytes);
    if (read_bytes == 0 && is_watched_) {
      unwatched(Unwatched::ended);
      co_return;
    }
  }
}

// A client that ends its side while it gets a stream is taken for gone: what makes the stream must
// not go on for nobody, and may have nothing to send for long, by which one would see it.
template <class T>
asio::awaitable<T> Connection::with_reader(asio::awaitable<T> work) {
  return watched(std::move(work), [this](Unwatched why) {
    if (why != Unwatched::ended) return;
    has_lost_reader_ = true;
    flow_->close();
    transport_->cancel();
  });
}

// One for whom there is no place to wait is answered at once.
asio::awaitable<Response> Connection::answer_who_waits(Request request) {
  const auto hurry = std::make_shared<Hurry>();
  request.hurry = hurry;
  Budget::Share place(service_->waits_of(origin_.kind));
  if (!place.grow_to(1)) {
    hurry->say();
    co_return co_await answer(std::move(request));
  }
  co_return co_await watched(answer(std::move(request)), [hurry](Unwatched) { hurry->say(); });
}

// A client that ends only its own side once it has asked gets what comes soon.
asio::awaitable<Response> Connection::answer_who_may_leave(Request request) {
  const auto hurry = std::make_shared<Hurry>();
  request.hurry = hurry;
  asio::steady_timer grace(io_);
  co_return co_await watched(answer(std::move(request)), [&](Unwatched why) {
    if (why != Unwatched::ended) return;
    grace.expires_after(service_->limits.leave_grace);
    grace.async_wait([hurry](const boost::system::error_code& ec) {
      if (!ec) hurry->say();
    });
  });
}

asio::awaitable<Connection::Next> Connection::send(Response response, Exchange exchange) {
  if (response.close || service_->stopping) exchange.after = After::close;
  // Only the answer to a streamed request can ask for its body.
  if (std::holds_alternative<FdSink>(response.body)) response = render_plainly(Code::bug);
  if (framing_of(response, exchange.version) == BodyFraming::impossible) {
    exchange.after = After::close;
    const auto* body = std::get_if<FdBody>(&response.body);
    if (body && body->abandoned) body->abandoned();
    response = render_refusal(service_->hooks, Code::not_acceptable, "this answer needs HTTP/1.1");
  }
  const std::time_t now = std::time(nullptr);
  std::optional<std::string> head = format_head(response, exchange.version, exchange.after, now);
  if (!head) {
    // A response that cannot be sent is a bug of the hook that made it; the plain rendering can be
    // sent.
    response = render_plainly(Code::bug);
    head = format_head(response, exchange.version, exchange.after, now);
  }

  const bool has_body =
      !exchange.is_head && framing_of(response, exchange.version) != BodyFraming::none;
  std::string_view text;
  if (has_body) {
    if (auto* body = std::get_if<FdBody>(&response.body))
      co_return co_await send_flow(std::move(*body), std::move(*head), exchange);
    text = std::get<std::string>(response.body);
  }
  const bool is_written = co_await write({*head, text});
  if (!is_written) co_return Next::reset;
  co_return exchange.after == After::keep_alive ? Next::request : Next::close;
}

// The head waits for the first byte, so that what fails before it is said as a problem.
asio::awaitable<Connection::Next> Connection::send_flow(FdBody body, std::string head,
                                                        Exchange exchange) {
  has_lost_reader_ = false;
  flow_.emplace(io_, *transport_, std::move(body.source),
                BodyFlow::Terms{.bytes_per_second = body.bytes_per_second,
                                .stall = service_->limits.stream_stall});
  const BodyFlow::First first = co_await with_reader(flow_->wait_first(body.first_byte));
  const bool is_absent = has_lost_reader_ || first == BodyFlow::First::late;
  if (is_absent && body.abandoned) body.abandoned();
  if (has_lost_reader_) co_return Next::reset;
  std::optional<Response> instead;
  if (is_absent)
    instead =
        render_refusal(service_->hooks, Code::deadline, "the first byte did not come in time");
  else if (first == BodyFlow::First::ended && body.instead)
    instead = co_await answer_instead(body);
  if (instead) {
    flow_.reset();
    co_return co_await send(std::move(*instead), exchange);
  }

  bool is_whole = co_await write({head});
  if (is_whole) is_whole = co_await with_reader(flow_->send());
  // The source is closed before its success is asked for, so that a producer that waits for that
  // can end.
  flow_->close();
  if (!is_whole && body.abandoned) body.abandoned();
  if (is_whole) is_whole = co_await has_succeeded(body);
  if (is_whole) is_whole = co_await flow_->send_end();
  flow_.reset();
  if (!is_whole) co_return Next::reset;
  co_return exchange.after == After::keep_alive ? Next::request : Next::close;
}

asio::awaitable<std::optional<Response>> Connection::answer_instead(const FdBody& body) {
  std::string bug;
  try {
    co_return co_await body.instead();
  } catch (const std::exception& exception) {
    bug = exception.what();
  }
  co_return render_refusal(service_->hooks, Code::bug, std::move(bug));
}

asio::awaitable<bool> Connection::has_succeeded(const FdBody& body) {
  try {
    co_return body.succeeded&& co_await body.succeeded();
  } catch (const std::exception&) {
    // That the success cannot be told is answered like a failure.
    co_return false;
  }
}

asio::awaitable<bool> Connection::read_more() {
  has_expired_ = false;
  if (is_idle_) {
    // Nobody knows how long that will be, and there are many of them.
    input_.release();
    const bool has_come = co_await transport_->wait_to_read();
    if (!has_come) co_return false;
  }
  const std::span<char> room = input_.prepare();
  const std::size_t read_bytes = co_await transport_->read_some(room);
  input_.commit(read_bytes);
  // What arrived just before the connection was closed begins nothing any more.
  co_return read_bytes > 0 && !has_expired_ && !is_closed_;
}

asio::awaitable<bool> Connection::write(std::initializer_list<std::string_view> pieces) {
  std::array<std::string_view, Transport::max_pieces> left{};
  std::copy(pieces.begin(), pieces.end(), left.begin());
  std::size_t first = 0;
  has_expired_ = false;
  for (;;) {
    while (first < pieces.size() && left[first].empty()) ++first;
    if (first == pieces.size()) break;
    deadline_->set_in(service_->limits.write_stall);
    std::size_t written_bytes =
        co_await transport_->write_some(std::span(left).subspan(first, pieces.size() - first));
    if (written_bytes == 0 || has_expired_) co_return false;
    for (std::size_t i = first; written_bytes > 0; ++i) {
      const std::size_t taken_bytes = std::min(written_bytes, left[i].size());
      left[i].remove_prefix(taken_bytes);
      written_bytes -= taken_bytes;
    }
  }
  deadline_->clear();
  co_return true;
}

// A close with bytes of the client unread would reset the connection, and the reset could overtake
// our last answer. So we only end our own side and drop what comes, for a while.
asio::awaitable<void> Connection::linger() {
  transport_->end_writing();
  deadline_->set_in(service_->limits.linger);
  bool has_read = true;
  while (has_read) {
    input_.clear();
    has_read = co_await read_more();
  }
  deadline_->clear();
  transport_->close();
}

}  // namespace zfsrest::http
