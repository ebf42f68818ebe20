// How much memory the bodies of requests may take together.
#pragma once

#include <cstdint>
#include <utility>

namespace zfsrest::http {

// One thread.
class BodyBudget {
 public:
  explicit BodyBudget(std::uint64_t bytes) : free_bytes_(bytes) {}
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  // What one body takes of it, until this is gone. The budget outlives it.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { budget_.free_bytes_ += bytes_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // Makes it at least so large; false if there is no room for that.
    bool grow_to(std::uint64_t bytes) {
      if (bytes <= bytes_) return true;
      if (bytes - bytes_ > budget_.free_bytes_) return false;
      budget_.free_bytes_ -= bytes - std::exchange(bytes_, bytes);
      return true;
    }

   private:
    BodyBudget& budget_;
    std::uint64_t bytes_ = 0;
  };

 private:
  std::uint64_t free_bytes_;
};

}  // namespace zfsrest::http
