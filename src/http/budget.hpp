// How much all connections may take of something together.
#pragma once

#include <cstdint>
#include <utility>

namespace zfsrest::http {

// One thread.
class Budget {
 public:
  explicit Budget(std::uint64_t amount) : free_(amount) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // What one takes of it, until this is gone. The budget outlives it.
  class Share {
   public:
    explicit Share(Budget& budget) : budget_(budget) {}
    ~Share() { budget_.free_ += taken_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // Makes it at least so large; false if there is no room for that.
    bool grow_to(std::uint64_t amount) {
      if (amount <= taken_) return true;
      if (amount - taken_ > budget_.free_) return false;
      budget_.free_ -= amount - std::exchange(taken_, amount);
      return true;
    }

   private:
    Budget& budget_;
    std::uint64_t taken_ = 0;
  };

 private:
  std::uint64_t free_;
};

}  // namespace zfsrest::http
