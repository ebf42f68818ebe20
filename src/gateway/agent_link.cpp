#include "gateway/agent_link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <deque>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "log/log.hpp"
#include "os/socket.hpp"

namespace zfsrest::gateway {

namespace asio = boost::asio;

namespace {

Error away() {
  return Error::of(Code::agent_away, "the agent is not there; it is being started again");
}

Error silent() {
  return Error::of(Code::deadline, "the agent did not answer");
}

Error unknown_outcome(std::string_view why) {
  return Error::of(Code::outcome_unknown, std::string(why) + "; it may have taken effect");
}

// Something that one waits for and another brings about. The timer fires when patience ends; it is
// cancelled before that to wake the waiter, who looks whether it has come before he waits and
// whenever he wakes.
class Event {
 public:
  explicit Event(asio::io_context& io) : wake_(io, asio::steady_timer::time_point::max()) {}
  Event(asio::io_context& io, std::chrono::milliseconds patience) : wake_(io, patience) {}

  // False if patience ended first.
  asio::awaitable<bool> wait() {
    boost::system::error_code ec;
    while (!has_come_) {
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      if (!ec) break;
    }
    co_return has_come_;
  }
  void come() {
    has_come_ = true;
    wake_.cancel();
  }

 private:
  asio::steady_timer wake_;
  bool has_come_ = false;
};

}  // namespace

// A call that waits for its answer.
struct AgentLink::Pending {
  Pending(asio::io_context& io, std::chrono::milliseconds patience) : finished(io, patience) {}

  Event finished;
  bool was_sent = false;         // the whole request has left
  std::optional<Answer> answer;  // none: the link was lost
};

class AgentLink::Rest {
 public:
  Rest(asio::io_context& io, std::uint64_t its_id) : id(its_id), finished(io) {}

  const std::uint64_t id;
  Event finished;
  std::optional<link::Frame> frame;  // none: the link was lost
};

// One link to one agent. It lives until both of its loops have ended.
class AgentLink::Connection : public std::enable_shared_from_this<AgentLink::Connection> {
 public:
  Connection(std::shared_ptr<AgentLink> owner, os::Fd fd)
      : owner_(std::move(owner)),
        descriptor_(owner_->io_, fd.release()),
        more_(owner_->io_, asio::steady_timer::time_point::max()) {}

  void start() {
    asio::co_spawn(owner_->io_, read(), asio::detached);
    asio::co_spawn(owner_->io_, write(), asio::detached);
  }

  // `call` learns when the last byte has left.
  void send(link::Frame frame, std::shared_ptr<Pending> call = nullptr) {
    outgoing_.push_back(
        {.memory = frame.memory, .bytes = link::encode(frame), .call = std::move(call)});
    more_.cancel();
  }

  void close() {
    // What close() could report is of no use: the descriptor is gone either way.
    boost::system::error_code ignored;
    std::ignore = descriptor_.close(ignored);
    is_closed_ = true;
    more_.cancel();
  }

 private:
  struct Outgoing {
    std::shared_ptr<os::Arena> memory;  // of the bytes, if they are a request's
    std::pmr::string bytes;
    std::shared_ptr<Pending> call;
  };

  asio::awaitable<void> read() {
    const auto self = shared_from_this();
    link::Decoder decoder;
    std::vector<char> buffer(std::size_t{64} * 1024);
    boost::system::error_code ec;
    while (!is_closed_) {
      co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                                      asio::redirect_error(asio::use_awaitable, ec));
      if (ec || is_closed_) break;
      auto got = os::receive_some(descriptor_.native_handle(), buffer, decoder.descriptors());
      if (!got.ok() && got.error().os_errno == EAGAIN) continue;
      if (!got.ok() || got.value() == 0) break;
      decoder.feed({buffer.data(), got.value()});
      if (!deliver(decoder)) break;
    }
    lose();
  }

  bool deliver(link::Decoder& decoder) {
    while (true) {
      auto frame = decoder.next();
      if (!frame.ok()) {
        log::line(log::Level::error, "link_broken", {{"detail", frame.error().detail}});
        owner_->events_.broken();
        return false;
      }
      if (!frame.value()) return true;
      owner_->receive(std::move(*frame.value()));
    }
  }

  asio::awaitable<void> write() {
    const auto self = shared_from_this();
    boost::system::error_code ec;
    while (!is_closed_) {
      if (outgoing_.empty()) {
        co_await more_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      Outgoing& next = outgoing_.front();
      auto sent = os::send_some(descriptor_.native_handle(), next.bytes, -1);
      if (!sent.ok() && sent.error().os_errno == EAGAIN) {
        co_await descriptor_.async_wait(asio::posix::stream_descriptor::wait_write,
                                        asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      if (!sent.ok()) break;
      next.bytes.erase(0, sent.value());
      if (!next.bytes.empty()) continue;
      if (next.call) next.call->was_sent = true;
      outgoing_.pop_front();
    }
    lose();
  }

  void lose() {
    if (!is_closed_) close();
    owner_->lost(this);
  }

  std::shared_ptr<AgentLink> owner_;
  asio::posix::stream_descriptor descriptor_;
  asio::steady_timer more_;
  std::deque<Outgoing> outgoing_;
  bool is_closed_ = false;
};

void AgentLink::connect(os::Fd fd) {
  if (auto nonblocking = os::set_nonblocking(fd.get()); !nonblocking.ok()) return;
  if (const auto old = connection_) {
    old->close();
    lost(old.get());
  }
  connection_ = std::make_shared<Connection>(shared_from_this(), std::move(fd));
  connection_->start();
}

void AgentLink::lost(const Connection* connection) {
  if (connection != connection_.get()) return;
  connection_.reset();
  is_up_ = false;
  for (const auto& [id, pending] : std::exchange(pending_, {})) pending->finished.come();
  for (const auto& [id, rest] : std::exchange(rests_, {})) rest->finished.come();
  events_.down();
}

void AgentLink::receive(link::Frame frame) {
  switch (frame.kind) {
    case link::Kind::hello:
      is_up_ = true;
      events_.up();
      break;
    case link::Kind::connection:
      if (frame.descriptor)
        events_.connection(std::move(frame.payload), std::move(frame.descriptor));
      else
        tell_closed(frame.payload);
      break;
    case link::Kind::document:
    case link::Kind::problem:
    case link::Kind::accepted:
    case link::Kind::stream:
    case link::Kind::upload:
    case link::Kind::stream_end:
      finish(std::move(frame));
      break;
    default:
      log::line(log::Level::error, "unexpected_frame");
      break;
  }
}

void AgentLink::finish(link::Frame frame) {
  if (const auto node = rests_.extract(frame.id)) {
    node.mapped()->frame = std::move(frame);
    node.mapped()->finished.come();
    return;
  }
  std::shared_ptr<Rest> rest;
  if (frame.kind == link::Kind::stream || frame.kind == link::Kind::upload) {
    // It may come before the one who asked has begun to wait for it, or when nobody will.
    rest = std::make_shared<Rest>(io_, frame.id);
    rests_.emplace(frame.id, rest);
  }
  const auto node = pending_.extract(frame.id);
  if (!node) return;
  node.mapped()->answer = Answer{.frame = std::move(frame), .rest = std::move(rest)};
  node.mapped()->finished.come();
}

std::chrono::milliseconds AgentLink::patience_for(Effect effect) const {
  switch (effect) {
    case Effect::read:
      return patience_.read;
    case Effect::page:
      return patience_.page;
    case Effect::write:
      break;
  }
  return patience_.write;
}

asio::awaitable<std::variant<AgentLink::Answer, Error>> AgentLink::call(link::Frame request,
                                                                        Effect effect, Wait wait) {
  if (!is_up_) co_return away();
  if (request.request.size() > link::largest_payload)
    co_return Error::of(Code::body_too_large, "the request is too large");
  const auto pending = std::make_shared<Pending>(io_, patience_for(effect) + wait.longest);
  const std::uint64_t id = next_id_++;
  pending_.emplace(id, pending);
  request.id = id;
  // It is wiped once it has left, and not only when the answer has come.
  connection_->send(std::move(request), pending);
  if (wait.hurry)
    wait.hurry->when_said([weak = weak_from_this(), id] {
      if (const auto self = weak.lock()) self->hurry(id);
    });
  const bool has_ended = co_await pending->finished.wait();
  if (pending->answer) co_return std::move(*pending->answer);
  if (!has_ended) hurry(id);
  pending_.erase(id);
  if (!has_ended)
    co_return effect == Effect::write ? unknown_outcome("the agent did not answer") : silent();
  if (effect != Effect::write || !pending->was_sent) co_return away();
  co_return unknown_outcome("the agent ended while it worked on this");
}

// Who is answered already is not spoken of.
void AgentLink::hurry(std::uint64_t id) {
  if (connection_ && pending_.contains(id))
    connection_->send({.kind = link::Kind::hurry, .id = id});
}

asio::awaitable<std::string> AgentLink::wait_stream_end(std::shared_ptr<Rest> rest) {
  co_await rest->finished.wait();
  co_return rest->frame ? std::move(rest->frame->payload) : std::string();
}

asio::awaitable<std::variant<link::Frame, Error>> AgentLink::wait_answer(
    std::shared_ptr<Rest> rest) {
  co_await rest->finished.wait();
  if (!rest->frame) co_return unknown_outcome("the agent ended while it received this");
  co_return std::move(*rest->frame);
}

void AgentLink::abandon(const Rest& rest) {
  if (connection_ && rests_.contains(rest.id))
    connection_->send({.kind = link::Kind::hurry, .id = rest.id});
}

void AgentLink::tell_moved(const Rest& rest, std::uint64_t bytes) {
  if (connection_ && rests_.contains(rest.id))
    connection_->send({.kind = link::Kind::moved, .id = rest.id, .payload = std::to_string(bytes)});
}

void AgentLink::tell_closed(const std::string& handle) {
  if (connection_ && is_up_) connection_->send({.kind = link::Kind::closed, .payload = handle});
}

}  // namespace zfsrest::gateway
