#include "link/frame.hpp"

#include <cstring>

namespace zfsrest::link {
namespace {

// Both ends run on one host, so the header is in its own byte order.
struct Header {
  std::uint32_t payload_bytes;
  std::uint16_t location_bytes;
  std::uint8_t kind;
  std::uint8_t carries_descriptor;
  std::uint64_t id;
};
static_assert(sizeof(Header) == 16);

}  // namespace

std::string encode(const Frame& frame) {
  const Header header{.payload_bytes = static_cast<std::uint32_t>(frame.payload.size()),
                      .location_bytes = static_cast<std::uint16_t>(frame.location.size()),
                      .kind = static_cast<std::uint8_t>(frame.kind),
                      .carries_descriptor = frame.descriptor ? std::uint8_t{1} : std::uint8_t{0},
                      .id = frame.id};
  std::string bytes(sizeof(header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  return bytes + frame.location + frame.payload;
}

// Of the frame that is yet to be whole a descriptor may be there already; more were never
// announced.
Result<std::optional<Frame>> Decoder::wait_for_more() const {
  const std::size_t most = buffer_.empty() ? 0 : 1;
  if (descriptors_.size() > most)
    return Error::of(Code::bug, "descriptors came that no frame announced");
  return std::optional<Frame>();
}

Result<std::optional<Frame>> Decoder::next() {
  Header header{};
  if (buffer_.size() < sizeof(header)) return wait_for_more();
  std::memcpy(&header, buffer_.data(), sizeof(header));
  const bool known = header.kind >= static_cast<std::uint8_t>(Kind::hello) &&
                     header.kind <= static_cast<std::uint8_t>(Kind::closed);
  if (!known || header.payload_bytes > largest_payload || header.carries_descriptor > 1)
    return Error::of(Code::bug, "the other end of the link sent what is no frame");
  const std::size_t whole = sizeof(header) + header.location_bytes + header.payload_bytes;
  if (buffer_.size() < whole) return wait_for_more();
  Frame frame{
      .kind = static_cast<Kind>(header.kind),
      .id = header.id,
      .location = buffer_.substr(sizeof(header), header.location_bytes),
      .payload = buffer_.substr(sizeof(header) + header.location_bytes, header.payload_bytes)};
  if (header.carries_descriptor == 1) {
    // A descriptor arrives with the first byte of its frame at the latest.
    if (descriptors_.empty()) return Error::of(Code::bug, "a frame came without its descriptor");
    frame.descriptor = std::move(descriptors_.front());
    descriptors_.erase(descriptors_.begin());
  }
  buffer_.erase(0, whole);
  return std::optional(std::move(frame));
}

}  // namespace zfsrest::link
