// How fast something goes, from how far it had come at several moments.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace zfsrest::jobs {

class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  // `done` only grows, or begins anew.
  void note(std::uint64_t done, Clock::time_point now) {
    if (!samples_.empty() && done < samples_.back().done) samples_.clear();
    samples_.push_back({.done = done, .at = now});
    while (samples_.size() > 2 && now - samples_.front().at > window) samples_.pop_front();
  }
  // It does not go on now; the time that passes says nothing of its speed.
  void rest() { samples_.clear(); }

  std::optional<std::uint64_t> per_second() const {
    if (samples_.size() < 2) return {};
    const std::chrono::duration<double> time = samples_.back().at - samples_.front().at;
    if (time.count() <= 0) return {};
    return static_cast<std::uint64_t>(
        static_cast<double>(samples_.back().done - samples_.front().done) / time.count());
  }

 private:
  // Long enough to even out the bursts in which ZFS works, short enough to follow its changes.
  static constexpr auto window = std::chrono::seconds(15);

  struct Sample {
    std::uint64_t done;
    Clock::time_point at;
  };
  std::deque<Sample> samples_;
};

}  // namespace zfsrest::jobs
