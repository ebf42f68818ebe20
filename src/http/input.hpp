// What has been read from a connection and not yet been parsed: a buffer of one size, if any, so
// that reading ahead is bounded. What leaves it is wiped, for it may be key material.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "os/arena.hpp"

namespace zfsrest::http {

class Input {
 public:
  explicit Input(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}
  ~Input() { clear(); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  std::string_view view() const { return {bytes_.data() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  // The room behind what is there; empty once the buffer is full.
  std::span<char> prepare() {
    bytes_.resize(capacity_bytes_);
    if (begin_ > 0) {
      const std::size_t old_end = end_;
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
      wipe(end_, old_end);
    }
    return {bytes_.data() + end_, capacity_bytes_ - end_};
  }
  void commit(std::size_t read_bytes) { end_ += read_bytes; }
  void consume(std::size_t parsed_bytes) {
    wipe(begin_, begin_ + parsed_bytes);
    begin_ += parsed_bytes;
  }
  void clear() {
    wipe(begin_, end_);
    begin_ = end_ = 0;
  }
  // Gives the room back as well, until there is need of it.
  void release() {
    clear();
    std::vector<char>().swap(bytes_);
  }

 private:
  void wipe(std::size_t from, std::size_t to) {
    os::wipe(std::span(bytes_).subspan(from, to - from));
  }

  std::size_t capacity_bytes_;
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace zfsrest::http
