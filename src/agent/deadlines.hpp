// One thread that does short things at given times.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace zfsrest::agent {

class Deadlines {
 public:
  Deadlines() : thread_([this] { run(); }) {}
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  // `action` must not block.
  void at(std::chrono::steady_clock::time_point when, std::function<void()> action);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> actions_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace zfsrest::agent
