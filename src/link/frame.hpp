// What travels between gateway and agent: length-prefixed frames, some with a descriptor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/fd.hpp"

namespace zfsrest::link {

enum class Kind : std::uint8_t {
  hello = 1,   // agent to gateway, first: the agent takes requests
  connection,  // agent to gateway: an accepted Unix connection, its handle as text, its descriptor
               // along
  request,     // gateway to agent: the canonical object
  document,    // agent to gateway: the answer, with a body or without; a large body lies in a file
               // that comes along
  problem,     // agent to gateway: a problem document
  stream,      // agent to gateway: the body follows on the descriptor that comes along
  stream_end,  // agent to gateway: "ok", or that what was streamed is not whole
  accepted,    // agent to gateway: the answer, a job that goes on
  closed,      // gateway to agent: the connection of this handle has ended
};

struct Frame {
  Kind kind{};
  std::uint64_t id = 0;  // of the request that it belongs to; 0 for none
  // Of a document or a job: what the gateway is to say beside the body, here the location of what
  // was created.
  std::string location{};
  std::string payload{};
  os::Fd descriptor{};
};

// The largest payload; a document that is larger lies in a file that its descriptor means.
inline constexpr std::size_t largest_payload = std::size_t{16} * 1024 * 1024;

// The bytes of a frame, without its descriptor.
std::string encode(const Frame& frame);

// Puts frames together from the bytes and descriptors that arrive, in any portions.
class Decoder {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  std::vector<os::Fd>& descriptors() { return descriptors_; }

  // The next whole frame; nothing if more bytes are needed. Fails if what arrived is no frame, or
  // if more descriptors arrived than frames announce; then the stream is lost.
  Result<std::optional<Frame>> next();

 private:
  Result<std::optional<Frame>> wait_for_more() const;

  std::string buffer_;
  std::vector<os::Fd> descriptors_;  // in the order of the frames that carry them
};

}  // namespace zfsrest::link
