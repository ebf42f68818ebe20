// The framing guard: what is refused although, or because, parsers differ about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace zfsrest::http {

// How far a scan over raw bytes has come. Unless refused or complete, more bytes are needed.
struct Scan {
  std::optional<std::size_t> length;  // set once complete: how many bytes the scanned part has
  std::optional<Refusal> refusal;
};

// Looks for the end of the lines in `text`, the blank line included, and refuses bare CR, bare LF,
// other control characters and lines that begin with a blank (obs-fold). `scanned_bytes` were seen
// before.
Scan scan_lines(std::string_view text, std::size_t scanned_bytes);

inline constexpr std::size_t max_chunk_line_bytes = 1024;  // size, extensions and CRLF
inline constexpr std::size_t max_trailer_bytes = 4096;

enum class ChunkPlace : std::uint8_t { first, after_chunk };

// The same for the head of a chunk: the CRLF that ends the data of the chunk before it, its own
// line, and the trailers if it is the last one.
Scan scan_chunk_head(std::string_view text, ChunkPlace place);

// How much framing a client sends with its chunks: each may have some in proportion to its data,
// and what exceeds that adds up, until the client is thought to send framing for its own sake.
class ChunkOverhead {
 public:
  std::optional<Refusal> account(std::size_t framing_bytes, std::uint64_t data_bytes);

 private:
  std::uint64_t excess_bytes_ = 0;
};

// Judges a head whose lines passed scan_lines(), and fills in what follows from its fields:
// content_length, chunked and keep_alive. Refuses whatever leaves in doubt where the body ends or
// whom the request names.
std::optional<Refusal> settle_framing(RequestHead& head);

}  // namespace zfsrest::http
