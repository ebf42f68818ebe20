// Where the data of a streamed request body lies between its framing. The data itself is not looked
// at, and need not come by here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/guard.hpp"
#include "http/message.hpp"
#include "http/refusal.hpp"

namespace zfsrest::http {

class StreamFraming {
 public:
  // Of a head that the guard has settled.
  explicit StreamFraming(const RequestHead& head)
      : is_chunked_(head.chunked), data_left_(head.content_length.value_or(0)) {}

  // What a call made of its input, which begins where the last data ended. Unless done or refused,
  // `data_left()` bytes of data come next; if those are none, the call is to be made again with the
  // rest of the input and more behind it.
  struct Step {
    std::size_t consumed_bytes = 0;
    bool done = false;
    std::optional<Refusal> refusal;
  };
  Step parse(std::string_view input);

  std::uint64_t data_left() const { return data_left_; }
  // So much of the data has been passed on.
  void take(std::uint64_t data_bytes) { data_left_ -= data_bytes; }

 private:
  bool is_chunked_;
  std::uint64_t data_left_;
  ChunkPlace place_ = ChunkPlace::first;
  ChunkOverhead overhead_;
};

}  // namespace zfsrest::http
