// Streams that break off at random bytes, in every way there is: what was to be resumable goes on
// from there to the same contents, and what was not has left nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "streams.hpp"

namespace zfsrest::faults {

enum class Way : std::uint8_t {
  closed,           // by the client
  reset,            // by the client
  short_of_length,  // the client's end comes before the length that it said
  without_last_chunk,
  stalled,
  agent_killed,
  gateway_killed
};

enum class Direction : std::uint8_t { send, receive };

struct Transfer {
  Way way{};
  Direction direction{};
  bool is_resumable = false;
  bool is_incremental = false;
  std::size_t offset = 0;
  std::string dataset;  // where it is received
  Framing framing{};
  bool is_tcp = false;

  // Whether all bytes that the client gave are taken in before the end is noticed.
  bool is_in_order() const {
    return direction == Direction::send || way == Way::closed || way == Way::short_of_length ||
           way == Way::without_last_chunk || way == Way::stalled;
  }
  std::string snapshot() const { return dataset + short_snapshot(); }
  std::string short_snapshot() const { return is_incremental ? "@2" : "@1"; }
  // Where it is uploaded.
  std::string receive_path() const;
  std::string text() const;
};

// One that has come to its byte.
struct Begun {
  Transfer transfer;
  std::optional<Connection> upload{};
  std::optional<Download> download{};
};

// The transfers, of a pool `tank`, and what comes of them. A test says where that is.
class Interruptions {
 public:
  Interruptions() = default;
  virtual ~Interruptions() = default;
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;

  // Reads the streams of `tank/source`, which has the snapshots `1` and `2`, and makes what is
  // received into, `at_once` of each kind.
  void prepare(const Daemon& daemon, std::size_t at_once);
  // Interrupts that many, `at_once` after each other, in these ways in turn; those by which a
  // client ends its own are mixed.
  void run(const Daemon& daemon, std::mt19937_64& random, const std::vector<Way>& ways,
           std::size_t count);
  // Nothing holds what was sent, and in all there were so many.
  void finish(const Daemon& daemon, std::size_t count);

  // The most that was sent a second time, where all that had been given was taken in, and where
  // what was on its way was lost; and how long the streams are.
  std::size_t most_again() const { return most_again_; }
  // Over the Unix socket, whose buffers are small everywhere.
  std::size_t most_lost() const { return most_lost_; }
  std::size_t shortest() const { return std::min(full_.size(), incremental_.size()); }

 protected:
  // Runs a command line with the stock tools, which must succeed; what it printed.
  virtual std::string tools(const std::string& command) const = 0;
  // What tells the content of a snapshot.
  virtual std::string content_of(const std::string& snapshot) const = 0;

 private:
  std::string list() const { return tools("zfs list -H -t all -r -o name tank"); }
  const std::string& stream_of(const Transfer& transfer) const;
  Transfer plan(std::mt19937_64& random, Way way, std::size_t slot) const;
  Begun begin(const Daemon& daemon, const Transfer& transfer) const;
  void expect_seen(Begun& begun) const;
  void interrupt(const Daemon& daemon, const std::vector<Transfer>& transfers);
  void check(const Daemon& daemon, Begun& begun);
  void resume(const Daemon& daemon, const Transfer& transfer, const std::string& partial);
  void remove(const Daemon& daemon, const Transfer& transfer) const;

  std::size_t at_once_ = 0;
  std::string full_, incremental_;
  std::map<std::string, std::string> guids_, contents_;  // by the snapshot's short name
  std::string expected_;
  std::map<std::pair<Way, Direction>, int> counts_;
  int resumed_ = 0, without_token_ = 0;
  std::size_t most_again_ = 0, most_lost_ = 0, most_lost_over_tcp_ = 0;
};

}  // namespace zfsrest::faults
