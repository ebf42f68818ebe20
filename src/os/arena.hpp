// Memory for what may hold key material: mapped apart from the heap, left out of core files, not
// inherited by a child, kept out of swap as far as the system permits, and wiped at the end.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

namespace zfsrest::os {

// For one thread at a time. What is given back stays as it is until the arena goes, so that it may
// also be the memory of containers that grow.
class Arena final : public std::pmr::memory_resource {
 public:
  Arena() = default;
  ~Arena() override;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

 private:
  // Throws std::bad_alloc.
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    return this == &other;
  }

  struct Block {
    std::span<std::byte> bytes;
    std::size_t used_bytes = 0;
  };
  static std::span<std::byte> take_block(std::size_t bytes);
  static void give_back(const Block& block);

  std::vector<Block> blocks_;
};

// Overwrites it, in a way that a compiler does not leave out.
void wipe(std::span<char> bytes);

// Overwrites what earlier calls have left on this thread's stack, below its present end.
void wipe_stack();

}  // namespace zfsrest::os
