// The receiving end of the pipe that a stream comes out of.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "base/result.hpp"
#include "model/stream_header.hpp"
#include "ops/work.hpp"

namespace zfsrest::ops {

// All of it fails with canceled once the job is, and is to be used while it can be interrupted.
class Incoming {
 public:
  Incoming(const Work& work, int pipe) : work_(work), pipe_(pipe) {}

  int pipe() const { return pipe_; }

  // The first record, and not one byte more. Fails with bad_stream if it does not come whole, and
  // with request_timeout if it does not come soon.
  using Header = std::array<char, model::stream_header_bytes>;
  Result<Header> read_header() const;

  // Reads on until the end and drops it all; returns how much that was.
  Result<std::uint64_t> drop_rest() const;

 private:
  using Clock = std::chrono::steady_clock;

  Result<std::size_t> read_some(char* to, std::size_t most, Clock::time_point until) const;

  const Work& work_;
  int pipe_;
};

}  // namespace zfsrest::ops
