#include "http/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <exception>
#include <span>
#include <utility>
#include <vector>

#include "http/ascii.hpp"

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t least_input_bytes = std::size_t{16} * 1024;
constexpr std::size_t pump_bytes = std::size_t{64} * 1024;

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
  if (source_) {
    error_code ignored;
    ignored = source_->cancel(ignored);
  }
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
  std::optional<Budget::Share> share(std::in_place, service_->bodies_of(origin_.kind));
  if (!share->grow_to(parser.head().content_length.value_or(0)))
    co_return co_await refuse(too_many_bodies(), exchange);
  // RFC 9110, 10.1.1: no 100 once the body has begun to arrive, or when there is none.
  if (expects_continue(parser.head()) && parser.head().has_body() && input_.empty()) {
    const bool is_written = co_await write({"HTTP/1.1 100 Continue\r\n\r\n"});
    if (!is_written) co_return Next::reset;
  }
  std::optional<Refusal> refusal;
  const bool has_arrived = co_await read_body(parser, *share, refusal);
  if (!has_arrived) share.reset();
  if (refusal) co_return co_await refuse(std::move(*refusal), exchange);
  if (!has_arrived) co_return Next::close;
  deadline_->clear();
  Request request = parser.take_request();
  request.origin = &origin_;
  Response response = waits(request.head) ? co_await answer_who_waits(std::move(request))
                                          : co_await answer(std::move(request));
  share.reset();
  co_return co_await send(std::move(response), exchange);
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

// One for whom there is no place to wait is answered at once.
asio::awaitable<Response> Connection::answer_who_waits(Request request) {
  using asio::experimental::awaitable_operators::operator&&;
  const auto hurry = std::make_shared<Hurry>();
  request.hurry = hurry;
  Budget::Share place(service_->waits_of(origin_.kind));
  if (!place.grow_to(1)) {
    hurry->say();
    co_return co_await answer(std::move(request));
  }
  is_watched_ = true;
  asio::awaitable<Response> answered = answer_watched(std::move(request));
  asio::awaitable<void> watched = watch(hurry);
  co_return co_await (std::move(answered) && std::move(watched));
}

asio::awaitable<Response> Connection::answer_watched(Request request) {
  Response response = co_await answer(std::move(request));
  is_watched_ = false;
  transport_->cancel();
  co_return response;
}

// Reads on while an answer is made. On TCP a client that is gone looks like one that has only ended
// its own side, until something is written: so whoever ends it is answered at once, and that tells.
// The same goes for who sends more than there is room for, since its end could not be seen.
asio::awaitable<void> Connection::watch(std::shared_ptr<Hurry> hurry) {
  while (is_watched_) {
    const std::span<char> room = input_.prepare();
    const std::size_t read_bytes = room.empty() ? 0 : co_await transport_->read_some(room);
    input_.commit(read_bytes);
    if (read_bytes == 0) break;
  }
  hurry->say();
}

asio::awaitable<Connection::Next> Connection::send(Response response, Exchange exchange) {
  if (response.close || service_->stopping) exchange.after = After::close;
  if (framing_of(response, exchange.version) == BodyFraming::until_close) {
    exchange.after = After::close;
    // A Unix socket has no reset: a client that reads until the end could take a part for the
    // whole.
    if (origin_.kind == Origin::Kind::unix_socket)
      response =
          render_refusal(service_->hooks, Code::not_acceptable, "this answer needs HTTP/1.1");
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
      co_return co_await send_from(std::move(*body), std::move(*head), exchange);
    text = std::get<std::string>(response.body);
  }
  const bool is_written = co_await write({*head, text});
  if (!is_written) co_return Next::reset;
  co_return exchange.after == After::keep_alive ? Next::request : Next::close;
}

asio::awaitable<Connection::Next> Connection::send_from(FdBody body, std::string head,
                                                        Exchange exchange) {
  error_code ec;
  source_.emplace(io_);
  ec = source_->assign(body.source.get(), ec);
  if (!ec) static_cast<void>(body.source.release());
  const BodyFraming framing =
      exchange.version == Version::http_1_1 ? BodyFraming::chunked : BodyFraming::until_close;
  bool is_whole = !ec;
  if (is_whole) is_whole = co_await write({head});
  if (is_whole) is_whole = co_await pump(framing);
  // The source is closed before its success is asked for, so that a producer that waits for that
  // can end.
  source_.reset();
  if (is_whole) is_whole = co_await has_succeeded(body);
  if (is_whole && framing == BodyFraming::chunked) is_whole = co_await write({"0\r\n\r\n"});
  if (!is_whole) co_return Next::reset;
  co_return exchange.after == After::keep_alive ? Next::request : Next::close;
}

// Passes on what comes from the source; true at its end, false if the source or the client breaks.
asio::awaitable<bool> Connection::pump(BodyFraming framing) {
  std::vector<char> buffer(pump_bytes);
  for (;;) {
    error_code ec;
    const std::size_t read_bytes = co_await source_->async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::eof) co_return true;
    if (ec) co_return false;
    const std::string_view piece(buffer.data(), read_bytes);
    bool is_written = false;
    if (framing == BodyFraming::chunked) {
      const std::string size = fmt::format("{:x}\r\n", read_bytes);
      is_written = co_await write({size, piece, "\r\n"});
    } else {
      is_written = co_await write({piece});
    }
    if (!is_written) co_return false;
  }
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
