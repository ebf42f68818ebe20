#include "http/body_flow.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <span>

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// At a chunk's head no more is read than that and a few bytes, because what is read lies in memory
// of this process, and all else need not.
constexpr std::size_t framing_read_bytes = 32;

// How long a pipe that has little gets to fill up: each piece costs the same, however small it is.
constexpr std::chrono::microseconds fill_pause(300);

constexpr std::chrono::milliseconds report_pause(500);

bool is_at_end(int pipe) {
  pollfd one{.fd = pipe, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & POLLIN) == 0;
}

std::size_t ready_in(int pipe) {
  int bytes = 0;
  return ::ioctl(pipe, FIONREAD, &bytes) == 0 ? static_cast<std::size_t>(std::max(bytes, 0)) : 0;
}

}  // namespace

BodyFlow::BodyFlow(asio::io_context& io, Transport& transport, os::Fd pipe, Terms terms)
    : io_(io),
      transport_(transport),
      pipe_(io),
      timer_(io),
      stall_(terms.stall),
      pace_(terms.bytes_per_second),
      deadline_(std::make_shared<Deadline>(io,
                                           [this] {
                                             has_expired_ = true;
                                             transport_.cancel();
                                           })),
      capacity_bytes_(static_cast<std::size_t>(std::max(::fcntl(pipe.get(), F_GETPIPE_SZ), 1))) {
  error_code ec;
  ec = pipe_.assign(pipe.get(), ec);
  if (!ec) ec = pipe_.native_non_blocking(true, ec);
  if (ec)
    is_closed_ = true;
  else
    static_cast<void>(pipe.release());
}

// The number of a pipe that is closed can be another's at once, so that it stays open until the
// transport is done with it; whoever closes a flow ends what the transport waits for as well.
void BodyFlow::close() {
  is_closed_ = true;
  timer_.cancel();
  if (!is_lent_) close_pipe();
}

void BodyFlow::close_pipe() {
  error_code ignored;
  ignored = pipe_.close(ignored);
}

asio::awaitable<BodyFlow::First> BodyFlow::wait_first(Duration longest) {
  bool is_late = false;
  const auto limit = std::make_shared<Deadline>(io_, [&] {
    is_late = true;
    error_code ignored;
    ignored = pipe_.cancel(ignored);
  });
  if (longest != Duration::max()) limit->set_in(longest);
  const std::size_t ready_bytes = co_await wait_ready();
  if (ready_bytes > 0) co_return First::byte;
  co_return is_late ? First::late : First::ended;
}

// How much there is to read; 0 at the end, or when the wait is broken off.
asio::awaitable<std::size_t> BodyFlow::wait_ready() {
  while (!is_closed_) {
    if (const std::size_t bytes = ready_in(pipe_.native_handle()); bytes > 0) co_return bytes;
    if (is_at_end(pipe_.native_handle())) break;
    error_code ec;
    co_await pipe_.async_wait(asio::posix::stream_descriptor::wait_read,
                              asio::redirect_error(asio::use_awaitable, ec));
    if (ec) break;
  }
  co_return 0;
}

asio::awaitable<bool> BodyFlow::send() {
  for (;;) {
    std::size_t ready_bytes = co_await wait_ready();
    if (is_closed_) co_return false;
    if (ready_bytes == 0) co_return true;
    ready_bytes = co_await settle(ready_bytes);
    const std::size_t size_bytes = std::min(ready_bytes, co_await allowance());
    if (is_closed_) co_return false;
    const bool is_sent = co_await send_piece(size_bytes);
    if (!is_sent) co_return false;
  }
}

asio::awaitable<bool> BodyFlow::send_end() {
  co_return co_await write(is_in_chunk_ ? "\r\n0\r\n\r\n" : "0\r\n\r\n", More::no);
}

// What was in the pipe may be the beginning of much more. Others get their turn meanwhile.
asio::awaitable<std::size_t> BodyFlow::settle(std::size_t ready_bytes) {
  if (moved_bytes_ > 0 && ready_bytes < capacity_bytes_ / 4)
    co_await pause(fill_pause);
  else
    co_await asio::post(io_, asio::use_awaitable);
  co_return is_closed_ ? 0 : ready_in(pipe_.native_handle());
}

asio::awaitable<bool> BodyFlow::send_piece(std::size_t size_bytes) {
  const std::string head = fmt::format("{}{:x}\r\n", is_in_chunk_ ? "\r\n" : "", size_bytes);
  const bool is_written = co_await write(head, More::yes);
  if (!is_written) co_return false;
  is_in_chunk_ = true;
  pace_.spend(size_bytes);
  for (std::size_t left = size_bytes; left > 0;) {
    deadline_->set_in(stall_);
    is_lent_ = true;
    const std::size_t bytes = co_await transport_.write_from(pipe_.native_handle(), left);
    is_lent_ = false;
    deadline_->clear();
    if (is_closed_) close_pipe();
    if (bytes == 0 || is_closed_) co_return false;
    left -= bytes;
  }
  moved_bytes_ += size_bytes;
  co_return true;
}

asio::awaitable<bool> BodyFlow::write(std::string_view text, More more) {
  while (!text.empty()) {
    const std::array<std::string_view, 1> pieces{text};
    deadline_->set_in(stall_);
    const std::size_t bytes = co_await transport_.write_some(pieces, more);
    deadline_->clear();
    if (bytes == 0) co_return false;
    text.remove_prefix(bytes);
  }
  co_return true;
}

// How much may go now, at least one byte.
asio::awaitable<std::size_t> BodyFlow::allowance() {
  for (;;) {
    const std::uint64_t bytes = pace_.allowed(Pace::Clock::now());
    if (bytes > 0 || is_closed_) co_return static_cast<std::size_t>(bytes);
    co_await pause(Pace::pause);
  }
}

asio::awaitable<void> BodyFlow::pause(std::chrono::microseconds time) {
  error_code ignored;
  timer_.expires_after(time);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<BodyFlow::Arrived> BodyFlow::receive(
    Input& input, StreamFraming& framing, const std::function<void(std::uint64_t)>& moved) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point told = Clock::now();
  notice_decline();
  for (;;) {
    StreamFraming::Step step = framing.parse(input.view());
    input.consume(step.consumed_bytes);
    if (step.refusal) co_return Arrived{Arrival::refused, std::move(step.refusal)};
    if (step.done) co_return Arrived{Arrival::whole};
    if (framing.data_left() == 0) {
      const bool has_read = co_await read_framing(input);
      if (!has_read) co_return Arrived{broken()};
      continue;
    }
    const Arrival how = co_await pass_on(input, framing);
    if (how != Arrival::whole) co_return Arrived{how};
    if (const Clock::time_point now = Clock::now(); moved && now - told >= report_pause) {
      told = now;
      moved(moved_bytes_);
    }
  }
}

// A peer that sends nothing for long is to hear as well that no more is taken. The deadline is gone
// when the flow is.
void BodyFlow::notice_decline() {
  pipe_.async_wait(asio::posix::stream_descriptor::wait_error,
                   [this, alive = std::weak_ptr(deadline_)](error_code ec) {
                     if (ec || alive.expired()) return;
                     is_declined_ = true;
                     transport_.cancel();
                   });
}

BodyFlow::Arrival BodyFlow::broken() const {
  if (is_declined_) return Arrival::declined;
  return has_expired_ ? Arrival::too_slow : Arrival::broken_off;
}

asio::awaitable<bool> BodyFlow::read_framing(Input& input) {
  if (is_declined_) co_return false;
  const std::span<char> room = input.prepare();
  deadline_->set_in(stall_);
  const std::size_t bytes =
      co_await transport_.read_some(room.first(std::min(room.size(), framing_read_bytes)));
  deadline_->clear();
  input.commit(bytes);
  co_return bytes > 0 && !is_closed_;
}

// Moves some of the data; `whole` if that worked.
asio::awaitable<BodyFlow::Arrival> BodyFlow::pass_on(Input& input, StreamFraming& framing) {
  const std::size_t most = std::min(framing.data_left(), co_await allowance());
  if (is_declined_) co_return Arrival::declined;
  std::size_t bytes = 0;
  if (!input.empty()) {
    bytes = co_await put(input.view().substr(0, most));
    input.consume(bytes);
    if (bytes == 0) co_return Arrival::declined;
  } else {
    deadline_->set_in(stall_);
    is_lent_ = true;
    const Transport::Moved moved = co_await transport_.read_into(pipe_.native_handle(), most);
    is_lent_ = false;
    deadline_->clear();
    if (is_closed_) {
      close_pipe();
      co_return Arrival::broken_off;
    }
    if (moved.how == Transport::Moving::ended) co_return broken();
    if (moved.how == Transport::Moving::full) {
      const bool has_room = co_await wait_room();
      co_return has_room ? Arrival::whole : Arrival::declined;
    }
    bytes = moved.bytes;
    co_await asio::post(io_, asio::use_awaitable);
  }
  framing.take(bytes);
  pace_.spend(bytes);
  moved_bytes_ += bytes;
  co_return is_closed_ ? Arrival::broken_off : Arrival::whole;
}

// Writes some of the bytes into the pipe; 0 if it takes no more.
asio::awaitable<std::size_t> BodyFlow::put(std::string_view bytes) {
  for (;;) {
    const ssize_t written = ::write(pipe_.native_handle(), bytes.data(), bytes.size());
    if (written > 0) co_return static_cast<std::size_t>(written);
    if (errno != EAGAIN && errno != EINTR) co_return 0;
    const bool has_room = co_await wait_room();
    if (!has_room) co_return 0;
  }
}

// False if the other end is closed. That there was room may have been said before the last bytes
// went in, and so is looked at again.
asio::awaitable<bool> BodyFlow::wait_room() {
  for (;;) {
    error_code ec;
    co_await pipe_.async_wait(asio::posix::stream_descriptor::wait_write,
                              asio::redirect_error(asio::use_awaitable, ec));
    if (ec || is_closed_) co_return false;
    pollfd one{.fd = pipe_.native_handle(), .events = POLLOUT, .revents = 0};
    if (::poll(&one, 1, 0) == 1) co_return (one.revents & POLLERR) == 0;
  }
}

}  // namespace zfsrest::http
