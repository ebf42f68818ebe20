// How fast a body may go.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace zfsrest::http {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  // 0 for as fast as it goes.
  explicit Pace(std::uint64_t bytes_per_second)
      : rate_(static_cast<double>(bytes_per_second)), since_(Clock::now()) {}

  // How many bytes may go now; 0 if it is to be asked again after the pause.
  std::uint64_t allowed(Clock::time_point now) {
    if (rate_ == 0) return std::numeric_limits<std::uint64_t>::max();
    const std::chrono::duration<double> passed = now - since_;
    since_ = now;
    // What was not used is not saved up for long, so that the rate holds from moment to moment.
    saved_ = std::min(saved_ + (passed.count() * rate_), std::max(rate_ * burst.count(), 1.0));
    return static_cast<std::uint64_t>(saved_);
  }
  void spend(std::uint64_t bytes) { saved_ -= rate_ == 0 ? 0 : static_cast<double>(bytes); }

  static constexpr std::chrono::milliseconds pause{20};

 private:
  static constexpr std::chrono::duration<double> burst{0.1};

  double rate_;
  double saved_ = 0;
  Clock::time_point since_;
};

}  // namespace zfsrest::http
