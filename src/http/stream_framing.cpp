#include "http/stream_framing.hpp"

#include <charconv>

namespace zfsrest::http {
namespace {

// Of a chunk's head that the guard has found whole.
std::uint64_t size_of_chunk(std::string_view head, ChunkPlace place) {
  constexpr int hexadecimal = 16;
  if (place == ChunkPlace::after_chunk) head.remove_prefix(2);
  std::uint64_t size_bytes = 0;
  std::from_chars(head.data(), head.data() + head.size(), size_bytes, hexadecimal);
  return size_bytes;
}

}  // namespace

StreamFraming::Step StreamFraming::parse(std::string_view input) {
  if (data_left_ > 0) return {};
  if (!is_chunked_) return {.done = true};
  Scan scan = scan_chunk_head(input, place_);
  if (scan.refusal || !scan.length) return {.refusal = std::move(scan.refusal)};
  data_left_ = size_of_chunk(input, place_);
  place_ = ChunkPlace::after_chunk;
  return {.consumed_bytes = *scan.length,
          .done = data_left_ == 0,
          .refusal = overhead_.account(*scan.length, data_left_)};
}

}  // namespace zfsrest::http
