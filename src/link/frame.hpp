// What travels between gateway and agent: length-prefixed frames, some with a descriptor.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/arena.hpp"
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
  stream,  // agent to gateway: the body follows on the descriptor that comes along; the payload is
           // the head of a stream of ZFS, or empty for lines
  stream_end,  // agent to gateway: "ok", or what was streamed is not whole: a problem document says
               // why, or nothing
  accepted,    // agent to gateway: the answer, a job that goes on
  closed,      // gateway to agent: the connection of this handle has ended
  hurry,   // gateway to agent: the caller of the request waits for its job no longer, or is gone
           // while he gets a stream or waits for a page
  upload,  // agent to gateway: the body of the request is to be written to the descriptor that
           // comes along; the payload is the head of a stream; the answer follows at its end
  moved,   // gateway to agent: how many bytes of that body have been written so far
};

struct Frame {
  Kind kind{};
  std::uint64_t id = 0;  // of the request that it belongs to; 0 for none
  // Of a document or a job: what the gateway is to say beside the body, here the location of what
  // was created.
  std::string location{};
  std::string etag{};  // of the object in the document
  std::string payload{};
  os::Fd descriptor{};
  // Of an answer: it waited for a job, as the caller wished.
  bool has_waited = false;
  // Of a request, in place of the payload: the canonical object, which lies in `memory`. It may
  // hold key material, and is wiped when the last who needs it lets go.
  std::shared_ptr<os::Arena> memory{};
  std::string_view request{};
};

// The largest payload; a document that is larger lies in a file that its descriptor means.
inline constexpr std::size_t largest_payload = std::size_t{16} * 1024 * 1024;

// The bytes of a frame, without its descriptor; those of a request lie in its memory as well.
std::pmr::string encode(const Frame& frame);

// Puts frames together from the bytes and descriptors that arrive, in any portions.
class Decoder {
 public:
  // Takes all of the bytes and keeps none of them but in frames.
  void feed(std::string_view bytes);
  std::vector<os::Fd>& descriptors() { return descriptors_; }

  // The next whole frame; nothing if more bytes are needed. Fails if what arrived is no frame, or
  // if more descriptors arrived than frames announce; then the stream is lost.
  Result<std::optional<Frame>> next();

  // Whether anything was fed that next() has not given yet.
  bool has_begun() const { return header_bytes_ > 0 || !arrived_.empty(); }

 private:
  // Both ends run on one host, so it is in its own byte order.
  struct Header {
    std::uint64_t id;
    std::uint32_t payload_bytes;
    std::uint16_t location_bytes;
    std::uint16_t etag_bytes;
    std::uint32_t kind;
    std::uint32_t marks;

    std::size_t text_bytes() const {
      return std::size_t{location_bytes} + etag_bytes + payload_bytes;
    }
  };
  static_assert(sizeof(Header) == 24);
  friend std::pmr::string encode(const Frame& frame);

  struct Arrived {
    Frame frame;
    bool carries_descriptor;
  };

  Result<std::optional<Frame>> wait_for_more() const;
  bool begin();
  void finish();

  Header header_{};
  std::size_t header_bytes_ = 0;  // that have come of the header
  Frame frame_;                   // whose header has come
  std::string text_;              // its location, etag and payload, but for a request's
  std::span<char> missing_;       // what is still to come of it
  std::deque<Arrived> arrived_;
  bool is_broken_ = false;
  std::vector<os::Fd> descriptors_;  // in the order of the frames that carry them
};

}  // namespace zfsrest::link
