// Streams of ZFS as a client of the real gateway sends and receives them.
#pragma once

#include <string>
#include <string_view>

#include "daemon.hpp"

namespace zfsrest::faults {

// A name as a segment of a path.
std::string encoded(std::string_view name);
// Where the stream of a snapshot is; `query` without its question mark.
std::string stream_path(const std::string& snapshot, const std::string& query = "");

// Makes a volume and fills it, without the daemon; its blocks are as large as their records are
// allowed to be, 128 KiB, unless it is told otherwise.
void make_volume(const userland::Engine& engine, const std::string& name, std::size_t bytes,
                 int block_bytes = 128 << 10);

// A stream that must come whole.
std::string read_stream(const Daemon& daemon, const std::string& target);

// A connection on which a stream was asked for and its head has come.
struct Download {
  Connection connection;
  Answer head;
  std::string body;  // that was read so far

  // Reads until so many bytes have come.
  Connection::Body read_to(std::size_t bytes) { return connection.read_to(bytes, body); }
  std::string job() const { return head.field("Location"); }
};
Download begin_download(const Daemon& daemon, const Address& address, const std::string& target);

enum class Framing : std::uint8_t { length, chunked };

// A connection on which the head of an upload was sent. `length_bytes` is what the head says.
Connection begin_upload(const Daemon& daemon, const Address& address, const std::string& target,
                        Framing framing, std::size_t length_bytes);
// Some of its body.
bool upload_some(Connection& connection, Framing framing, std::string_view bytes);

// A whole upload. If it is answered before it is over, the rest is not sent.
Answer upload(const Daemon& daemon, const Address& address, const std::string& target,
              std::string_view body);

// Waits until no transfer is under way.
void expect_no_transfers(const Daemon& daemon);
// The newest job of an operation, empty if there is none; and what it says.
std::string newest_job(const Daemon& daemon, const std::string& operation);
std::string read_job(const Daemon& daemon, const std::string& job);
// What it says when it has ended.
std::string ended_job(const Daemon& daemon, const std::string& job);

// A whole number from the environment, which must not be empty.
std::size_t number_from_environment(const char* name, std::size_t otherwise);

}  // namespace zfsrest::faults
