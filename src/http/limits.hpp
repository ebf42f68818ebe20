// What a client may cost: sizes, counts and times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zfsrest::http {

struct Limits {
  using Duration = std::chrono::milliseconds;

  std::size_t header_bytes =
      std::size_t{16} * 1024;                        // request line, fields and the blank line: 431
  std::size_t header_fields = 100;                   // 431
  std::size_t target_bytes = std::size_t{8} * 1024;  // 414
  std::uint64_t body_bytes = std::uint64_t{1024} * 1024;  // without chunk framing: 413

  // All bodies together, from their beginning until their requests are answered, over TCP and over
  // Unix sockets each: 503. One body of the full size always fits.
  std::uint64_t bodies_bytes = std::uint64_t{64} * 1024 * 1024;

  Duration header_deadline = std::chrono::seconds(10);  // from the first byte, or from accept: 408
  Duration body_grace = std::chrono::seconds(10);       // how far a body may fall behind its rate
  std::uint64_t body_bytes_per_second = 1024;           // the least rate: 408
  Duration idle_timeout =
      std::chrono::seconds(60);                     // between requests, and between bytes of a body
  Duration write_stall = std::chrono::seconds(30);  // no byte of the answer taken: reset
  Duration stream_stall = std::chrono::minutes(5);  // the same for streams, in either direction
  Duration linger = std::chrono::seconds(2);        // for the client to read the last answer
  Duration leave_grace =
      std::chrono::seconds(2);  // after the client has ended its side, which may be all it ends
  Duration stop_grace = std::chrono::seconds(10);  // for running answers after stop()

  // Beyond each of these the connection that has waited longest for its next request is closed, or
  // else the new one is answered 503. Half of those over TCP, and half of those over Unix sockets,
  // may wait for long answers at once (Hooks::waits).
  std::size_t connections = 1024;          // over TCP
  std::size_t connections_per_peer = 256;  // over TCP from one address; this host is one address
  std::size_t unix_connections = 256;      // Unix sockets have places of their own
};

}  // namespace zfsrest::http
