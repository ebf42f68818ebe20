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

void Deadlines::at(Clock::time_point when, std::function<void()> action) {
  add(when, std::move(action));
}

std::shared_ptr<const void> Deadlines::while_kept(Clock::time_point when,
                                                  std::function<void()> action) {
  const auto kept = std::make_shared<Key>();
  *kept = add(when, std::move(action));
  return {kept.get(), [this, kept](const void*) { forget(*kept); }};
}

Deadlines::Key Deadlines::add(Clock::time_point when, std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  const Key key(when, next_number_++);
  actions_.emplace(key, std::move(action));
  if (when < asleep_until_) {
    asleep_until_ = when;
    wake_.notify_one();
  }
  return key;
}

// What the action holds is let go of without the lock.
void Deadlines::forget(const Key& key) {
  std::unique_lock lock(mutex_);
  const auto forgotten = actions_.extract(key);
  lock.unlock();
}

void Deadlines::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (actions_.empty()) {
      asleep_until_ = Clock::time_point::max();
      wake_.wait(lock);
      continue;
    }
    const Clock::time_point next = actions_.begin()->first.first;
    if (Clock::now() < next) {
      asleep_until_ = next;
      wake_.wait_until(lock, next);
      continue;
    }
    asleep_until_ = Clock::time_point::min();
    const auto action = std::move(actions_.begin()->second);
    actions_.erase(actions_.begin());
    lock.unlock();
    action();
    lock.lock();
  }
}

}  // namespace zfsrest::agent
