#include "agent/deadlines.hpp"

namespace zfsrest::agent {

Deadlines::~Deadlines() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Deadlines::at(std::chrono::steady_clock::time_point when, std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  const bool is_next = actions_.empty() || when < actions_.begin()->first;
  actions_.emplace(when, std::move(action));
  if (is_next) wake_.notify_one();
}

void Deadlines::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (actions_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto next = actions_.begin()->first;
    if (std::chrono::steady_clock::now() < next) {
      wake_.wait_until(lock, next);
      continue;
    }
    const auto action = std::move(actions_.begin()->second);
    actions_.erase(actions_.begin());
    lock.unlock();
    action();
    lock.lock();
  }
}

}  // namespace zfsrest::agent
