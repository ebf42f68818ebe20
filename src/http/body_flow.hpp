// One streamed body on its way between a pipe and a transport. Its bytes go from one to the other
// inside the kernel, where the transport can do that.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/deadline.hpp"
#include "http/input.hpp"
#include "http/pace.hpp"
#include "http/stream_framing.hpp"
#include "http/transport.hpp"
#include "os/fd.hpp"

namespace zfsrest::http {

class BodyFlow {
 public:
  using Duration = std::chrono::milliseconds;
  struct Terms {
    std::uint64_t bytes_per_second = 0;  // at most; 0 for as fast as it goes
    Duration stall;                      // how long the peer may take nothing, or give nothing
  };

  // The transport outlives the flow.
  BodyFlow(boost::asio::io_context& io, Transport& transport, os::Fd pipe, Terms terms);

  // Waits until the pipe has a byte; `ended` if it ends without one, `late` if the time is up.
  enum class First : std::uint8_t { byte, ended, late };
  boost::asio::awaitable<First> wait_first(Duration longest);

  // Passes on what comes out of the pipe in chunks, until its end; false if that broke off.
  boost::asio::awaitable<bool> send();
  // Tells the peer that all of it was sent. Called after send().
  boost::asio::awaitable<bool> send_end();

  // Passes on what the peer sends, beginning with what has been read of it already. `declined`: the
  // other end of the pipe takes no more.
  enum class Arrival : std::uint8_t { whole, broken_off, too_slow, declined, refused };
  struct Arrived {
    Arrival how;
    std::optional<Refusal> refusal{};
  };
  boost::asio::awaitable<Arrived> receive(Input& input, StreamFraming& framing,
                                          const std::function<void(std::uint64_t)>& moved);

  // Closes the pipe; what is under way ends as if it had broken off.
  void close();

 private:
  void close_pipe();
  void notice_decline();
  boost::asio::awaitable<std::size_t> wait_ready();
  boost::asio::awaitable<std::size_t> settle(std::size_t ready_bytes);
  boost::asio::awaitable<bool> send_piece(std::size_t size_bytes);
  boost::asio::awaitable<bool> write(std::string_view text, More more);
  boost::asio::awaitable<std::size_t> allowance();
  boost::asio::awaitable<bool> read_framing(Input& input);
  boost::asio::awaitable<Arrival> pass_on(Input& input, StreamFraming& framing);
  boost::asio::awaitable<std::size_t> put(std::string_view bytes);
  boost::asio::awaitable<bool> wait_room();
  boost::asio::awaitable<void> pause(std::chrono::microseconds time);
  Arrival broken() const;

  boost::asio::io_context& io_;
  Transport& transport_;
  boost::asio::posix::stream_descriptor pipe_;
  boost::asio::steady_timer timer_;
  Duration stall_;
  Pace pace_;
  std::shared_ptr<Deadline> deadline_;  // of the peer
  std::size_t capacity_bytes_;
  std::uint64_t moved_bytes_ = 0;
  bool is_lent_ = false;  // the transport has the pipe's number
  bool is_in_chunk_ = false;
  bool is_closed_ = false;
  bool is_declined_ = false;
  bool has_expired_ = false;
};

}  // namespace zfsrest::http
