#include "link/frame.hpp"

#include <algorithm>
#include <cstring>

namespace zfsrest::link {
namespace {

constexpr unsigned carries_descriptor = 1;
constexpr unsigned has_waited = 2;
constexpr unsigned all_marks = carries_descriptor | has_waited;

}  // namespace

std::pmr::string encode(const Frame& frame) {
  const Decoder::Header header{
      .id = frame.id,
      .payload_bytes = static_cast<std::uint32_t>(frame.payload.size() + frame.request.size()),
      .location_bytes = static_cast<std::uint16_t>(frame.location.size()),
      .etag_bytes = static_cast<std::uint16_t>(frame.etag.size()),
      .kind = static_cast<std::uint32_t>(frame.kind),
      .marks = (frame.descriptor ? carries_descriptor : 0) | (frame.has_waited ? has_waited : 0)};
  std::pmr::string bytes(frame.memory ? frame.memory.get() : std::pmr::get_default_resource());
  bytes.reserve(sizeof(header) + header.text_bytes());
  bytes.resize(sizeof(header));
  std::memcpy(bytes.data(), &header, sizeof(header));
  bytes.append(frame.location).append(frame.etag).append(frame.payload).append(frame.request);
  return bytes;
}

void Decoder::feed(std::string_view bytes) {
  while (!bytes.empty() && !is_broken_) {
    if (header_bytes_ < sizeof(header_)) {
      const std::size_t taken = std::min(sizeof(header_) - header_bytes_, bytes.size());
      std::memcpy(reinterpret_cast<char*>(&header_) + header_bytes_, bytes.data(), taken);
      header_bytes_ += taken;
      bytes.remove_prefix(taken);
      if (header_bytes_ < sizeof(header_)) return;
      is_broken_ = !begin();
    } else {
      const std::size_t taken = std::min(missing_.size(), bytes.size());
      std::ranges::copy(bytes.substr(0, taken), missing_.begin());
      missing_ = missing_.subspan(taken);
      bytes.remove_prefix(taken);
    }
    if (!is_broken_ && missing_.empty()) finish();
  }
}

// Makes room for the frame whose header has come; false if it is none.
bool Decoder::begin() {
  const bool is_known = header_.kind >= static_cast<std::uint32_t>(Kind::hello) &&
                        header_.kind <= static_cast<std::uint32_t>(Kind::moved);
  if (!is_known || header_.payload_bytes > largest_payload || header_.marks > all_marks)
    return false;
  frame_ = {.kind = static_cast<Kind>(header_.kind),
            .id = header_.id,
            .has_waited = (header_.marks & has_waited) != 0};
  const std::size_t size = header_.text_bytes();
  if (frame_.kind == Kind::request) {
    frame_.memory = std::make_shared<os::Arena>();
    missing_ = {static_cast<char*>(frame_.memory->allocate(size, 1)), size};
    frame_.request = {missing_.data() + (size - header_.payload_bytes), header_.payload_bytes};
  } else {
    text_.resize(size);
    missing_ = text_;
  }
  return true;
}

void Decoder::finish() {
  if (frame_.kind != Kind::request) {
    frame_.location = text_.substr(0, header_.location_bytes);
    frame_.etag = text_.substr(header_.location_bytes, header_.etag_bytes);
    frame_.payload = std::move(text_.erase(0, text_.size() - header_.payload_bytes));
    text_.clear();
  }
  arrived_.push_back({.frame = std::move(frame_),
                      .carries_descriptor = (header_.marks & carries_descriptor) != 0});
  header_bytes_ = 0;
}

// Of the frame that is yet to be whole a descriptor may be there already; more were never
// announced.
Result<std::optional<Frame>> Decoder::wait_for_more() const {
  const std::size_t most = header_bytes_ == 0 ? 0 : 1;
  if (is_broken_) return Error::of(Code::bug, "the other end of the link sent what is no frame");
  if (descriptors_.size() > most)
    return Error::of(Code::bug, "descriptors came that no frame announced");
  return std::optional<Frame>();
}

Result<std::optional<Frame>> Decoder::next() {
  if (arrived_.empty()) return wait_for_more();
  Arrived next = std::move(arrived_.front());
  arrived_.pop_front();
  if (next.carries_descriptor) {
    // A descriptor arrives with the first byte of its frame at the latest.
    if (descriptors_.empty()) return Error::of(Code::bug, "a frame came without its descriptor");
    next.frame.descriptor = std::move(descriptors_.front());
    descriptors_.erase(descriptors_.begin());
  }
  return std::optional(std::move(next.frame));
}

}  // namespace zfsrest::link
