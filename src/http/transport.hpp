// What a session needs of a connection, whether it is a plain socket or TLS over one.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace zfsrest::http {

// Whether more is written right away, so that the network need not be bothered yet.
enum class More : std::uint8_t { no, yes };

// Not more than one read and one write at a time. That the peer has gone is an end, not an error.
class Transport {
 public:
  virtual ~Transport() = default;

  // Waits until something can be read, the end included; false on cancel().
  virtual boost::asio::awaitable<bool> wait_to_read() = 0;

  // Reads at least one byte; 0 when the peer has ended or broken the connection, however often it
  // is asked, or on cancel().
  virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> room) = 0;

  // Writes at least one byte of up to `max_pieces` pieces, not all of them empty; 0 when that
  // cannot be done any more, or on cancel().
  virtual boost::asio::awaitable<std::size_t> write_some(std::span<const std::string_view> pieces,
                                                         More more = More::no) = 0;

  // Moves at least one byte and at most `most` from a pipe that holds so many to the peer; 0 when
  // that cannot be done any more, or on cancel().
  virtual boost::asio::awaitable<std::size_t> write_from(int pipe, std::size_t most) = 0;

  // Moves at least one byte and at most `most` from the peer to a non-blocking pipe.
  enum class Moving : std::uint8_t { moved, full, ended };  // `ended` as for read_some()
  struct Moved {
    Moving how;
    std::size_t bytes = 0;
  };
  virtual boost::asio::awaitable<Moved> read_into(int pipe, std::size_t most) = 0;

  // Ends a read or write that is waiting. Later ones are not affected.
  virtual void cancel() = 0;

  // Tells the peer that nothing more follows.
  virtual void end_writing() = 0;

  // Closes at once; a peer on TCP sees a reset instead of an end.
  virtual void reset() = 0;

  // Closes at once.
  virtual void close() = 0;

  static constexpr std::size_t max_pieces = 4;
};

}  // namespace zfsrest::http
