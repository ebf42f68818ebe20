// One thread that does short things at given times.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace zfsrest::agent {

class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;

  Deadlines() : thread_([this] { run(); }) {}
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  // `action` must not block.
  void at(Clock::time_point when, std::function<void()> action);

  // The same, but for as long as what it returns is kept.
  [[nodiscard]] std::shared_ptr<const void> while_kept(Clock::time_point when,
                                                       std::function<void()> action);

 private:
  // The number tells apart those of the same time.
  using Key = std::pair<Clock::time_point, std::uint64_t>;

  Key add(Clock::time_point when, std::function<void()> action);
  void forget(const Key& key);
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Key, std::function<void()>> actions_;
  std::uint64_t next_number_ = 0;
  // Until when the thread sleeps; the past while it is awake. It is woken for what comes before
  // that alone: what was forgotten leaves it asleep, and whoever comes next need not wake it.
  Clock::time_point asleep_until_ = Clock::time_point::min();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace zfsrest::agent
