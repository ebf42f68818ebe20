#include "os/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>

namespace zfsrest::os {
namespace {

constexpr std::size_t usual_block_bytes = std::size_t{64} * 1024;
constexpr std::size_t page_bytes = 4096;

// Wiped blocks of the usual size, kept because mapping takes longer than all else about a request's
// memory.
class Spares {
 public:
  std::byte* take() {
    const std::lock_guard lock(mutex_);
    return count_ == 0 ? nullptr : blocks_[--count_];
  }
  bool keep(std::byte* block) {
    const std::lock_guard lock(mutex_);
    if (count_ == blocks_.size()) return false;
    blocks_[count_++] = block;
    return true;
  }

 private:
  std::mutex mutex_;
  std::array<std::byte*, 32> blocks_{};
  std::size_t count_ = 0;
};

Spares& spares() {
  // Threads that outlive the end of main() may still give some back.
  static auto* all = new Spares;
  return *all;
}

constexpr std::size_t rounded_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

std::span<std::byte> Arena::take_block(std::size_t bytes) {
  const std::size_t size = std::max(rounded_up(bytes, page_bytes), usual_block_bytes);
  if (size == usual_block_bytes)
    if (std::byte* spare = spares().take()) return {spare, size};
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  // What is mapped anew knows all of these; locking fails where the limit is low, and then the
  // system's swap has to be trusted.
  ::madvise(mapped, size, MADV_DONTDUMP);
  ::madvise(mapped, size, MADV_WIPEONFORK);
  ::mlock2(mapped, size, MLOCK_ONFAULT);
  return {static_cast<std::byte*>(mapped), size};
}

void Arena::give_back(const Block& block) {
  // One that could not be had.
  if (block.bytes.empty()) return;
  ::explicit_bzero(block.bytes.data(), block.used_bytes);
  if (block.bytes.size() != usual_block_bytes || !spares().keep(block.bytes.data()))
    ::munmap(block.bytes.data(), block.bytes.size());
}

Arena::~Arena() {
  for (const Block& block : blocks_) give_back(block);
}

void* Arena::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (!blocks_.empty()) {
    Block& last = blocks_.back();
    const std::size_t at = rounded_up(last.used_bytes, alignment);
    if (at <= last.bytes.size() && bytes <= last.bytes.size() - at) {
      last.used_bytes = at + bytes;
      return last.bytes.data() + at;
    }
  }
  // What needs more than one block needs much, so that each is larger than the one before.
  const std::size_t wanted = blocks_.empty() ? bytes : 2 * blocks_.back().bytes.size();
  Block& fresh = blocks_.emplace_back();
  fresh.bytes = take_block(std::max(bytes, wanted));
  fresh.used_bytes = bytes;
  return fresh.bytes.data();
}

void wipe(std::span<char> bytes) {
  // An empty span may have no address, and the call wants one.
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
}

// Not inlined, so that its frame lies where those of the calls before it lay.
[[gnu::noinline]] void wipe_stack() {
  std::array<char, std::size_t{32} * 1024> below;
  ::explicit_bzero(below.data(), below.size());
}

}  // namespace zfsrest::os
