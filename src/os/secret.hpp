// Key material in this process.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "os/arena.hpp"

namespace zfsrest::os {

// Bytes of key material. Copies of the object share them, and they are wiped when the last goes.
// Nothing prints, compares or encodes them.
class Secret {
 public:
  Secret() = default;
  // Zeroes, to be filled through room().
  explicit Secret(std::size_t bytes)
      : memory_(std::make_shared<Arena>()),
        bytes_(static_cast<char*>(memory_->allocate(bytes)), bytes) {}
  explicit Secret(std::string_view bytes) : Secret(bytes.size()) {
    std::ranges::copy(bytes, bytes_.begin());
  }

  std::span<char> room() { return bytes_; }
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::shared_ptr<Arena> memory_;
  std::span<char> bytes_;
};

}  // namespace zfsrest::os
