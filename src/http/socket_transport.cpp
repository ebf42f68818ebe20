#include "http/socket_transport.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

namespace zfsrest::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t most_at_once = std::size_t{1} << 30;

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(asio::generic::stream_protocol::socket socket)
      : socket_(std::move(socket)) {}

  asio::awaitable<bool> wait_to_read() override {
    if (has_ended_) co_return true;
    co_return co_await wait(asio::socket_base::wait_read);
  }

  asio::awaitable<std::size_t> read_some(std::span<char> room) override {
    // The end is told once, and a read after it would wait for ever.
    if (has_ended_) co_return 0;
    error_code ec;
    const std::size_t read_bytes = co_await socket_.async_read_some(
        asio::buffer(room.data(), room.size()), asio::redirect_error(asio::use_awaitable, ec));
    has_ended_ = ec && ec != asio::error::operation_aborted;
    co_return ec ? 0 : read_bytes;
  }

  asio::awaitable<std::size_t> write_some(std::span<const std::string_view> pieces,
                                          More more) override {
    std::array<asio::const_buffer, max_pieces> buffers;
    for (std::size_t i = 0; i < pieces.size() && i < max_pieces; ++i)
      buffers[i] = asio::const_buffer(pieces[i].data(), pieces[i].size());
    error_code ec;
    const std::size_t written_bytes = co_await socket_.async_send(
        buffers, more == More::yes ? MSG_MORE : 0, asio::redirect_error(asio::use_awaitable, ec));
    co_return ec ? 0 : written_bytes;
  }

  asio::awaitable<std::size_t> write_from(int pipe, std::size_t most) override {
    for (;;) {
      const ssize_t moved =
          ::splice(pipe, nullptr, socket_.native_handle(), nullptr, most, SPLICE_F_NONBLOCK);
      if (moved > 0) co_return static_cast<std::size_t>(moved);
      if (moved == 0 || (errno != EAGAIN && errno != EINTR)) co_return 0;
      // The pipe has enough, so that it is the socket that has no room.
      const bool has_room = co_await wait(asio::socket_base::wait_write);
      if (!has_room) co_return 0;
    }
  }

  asio::awaitable<Moved> read_into(int pipe, std::size_t most) override {
    // A length with the highest bit is a negative one to the kernel.
    most = std::min(most, most_at_once);
    while (!has_ended_) {
      const ssize_t moved =
          ::splice(socket_.native_handle(), nullptr, pipe, nullptr, most, SPLICE_F_NONBLOCK);
      if (moved > 0) co_return Moved{Moving::moved, static_cast<std::size_t>(moved)};
      has_ended_ = moved == 0 || (errno != EAGAIN && errno != EINTR && errno != EPIPE);
      if (has_ended_) break;
      if (errno == EPIPE || !has_room(pipe)) co_return Moved{Moving::full};
      const bool has_come = co_await wait(asio::socket_base::wait_read);
      if (!has_come) break;
    }
    co_return Moved{Moving::ended};
  }

  void cancel() override {
    error_code ignored;
    ignored = socket_.cancel(ignored);
  }

  void end_writing() override {
    error_code ignored;
    ignored = socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  }

  void reset() override {
    error_code ignored;
    ignored = socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  void close() override {
    error_code ignored;
    ignored = socket_.close(ignored);
  }

 private:
  // False on cancel().
  asio::awaitable<bool> wait(asio::socket_base::wait_type what) {
    error_code ec;
    co_await socket_.async_wait(what, asio::redirect_error(asio::use_awaitable, ec));
    co_return !ec;
  }

  static bool has_room(int pipe) {
    pollfd one{.fd = pipe, .events = POLLOUT, .revents = 0};
    return ::poll(&one, 1, 0) == 1 && (one.revents & POLLOUT) != 0;
  }

  asio::generic::stream_protocol::socket socket_;
  bool has_ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Transport>> make_socket_transport(asio::io_context& io, os::Fd socket) {
  int family = 0;
  socklen_t size = sizeof family;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
    return os::last_error("connection");
  if (family != AF_UNIX) {
    // Answers are written as a whole, so that waiting for more to send only delays them.
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  asio::generic::stream_protocol::socket owned(io);
  error_code ec;
  ec = owned.assign(asio::generic::stream_protocol(family, 0), socket.get(), ec);
  if (ec) return Error::of_errno(ec.value(), "connection");
  static_cast<void>(socket.release());
  std::unique_ptr<Transport> transport = std::make_unique<SocketTransport>(std::move(owned));
  return transport;
}

}  // namespace zfsrest::http
