#include "agent/workers.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <thread>

#include "log/log.hpp"

namespace zfsrest::agent {

bool Task::withdraw() {
  // It goes when the lock is given up: what it holds may be much.
  std::function<void()> work;
  const std::lock_guard lock(mutex_);
  if (state_ != State::waiting) return false;
  state_ = State::withdrawn;
  work.swap(work_);
  return true;
}

bool Task::is_withdrawn() {
  const std::lock_guard lock(mutex_);
  return state_ == State::withdrawn;
}

std::function<void()> Task::begin() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::waiting) return {};
  state_ = State::begun;
  return std::exchange(work_, nullptr);
}

bool Workers::submit(std::shared_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  if (!has_room()) return false;
  // Where so many run already, whoever is ready first takes it.
  if (running_ < most_threads_ && !wake_one() && !start_thread() && threads_ == 0) return false;
  waiting_.push_back(std::move(task));
  return true;
}

// Who fell asleep last is awake soonest, and the others can end.
bool Workers::wake_one() {
  if (sleepers_.empty()) return false;
  Sleeper& last = *sleepers_.back();
  sleepers_.pop_back();
  last.is_called = true;
  last.wake.notify_one();
  return true;
}

// False if nobody has called for long.
bool Workers::sleep(std::unique_lock<std::mutex>& lock) {
  constexpr auto patience = std::chrono::seconds(30);
  Sleeper self;
  sleepers_.push_back(&self);
  if (self.wake.wait_for(lock, patience, [&] { return self.is_called; })) return true;
  std::erase(sleepers_, &self);
  return false;
}

bool Workers::has_room() {
  const std::size_t most = most_threads_ + most_waiting_ - running_;
  if (waiting_.size() >= most)
    std::erase_if(waiting_, [](const auto& task) { return task->is_withdrawn(); });
  return waiting_.size() < most;
}

// False if there are enough already, or if the system has none left.
bool Workers::start_thread() {
  if (threads_ == most_threads_) return false;
  try {
    // Threads own the set, so that a stuck one never outlives it, and nobody waits for a stuck one.
    std::thread([self = shared_from_this()] { self->work(); }).detach();
  } catch (const std::system_error& error) {
    log::line(log::Level::error, "no_thread", {{"what", error.what()}});
    return false;
  }
  ++threads_;
  return true;
}

void Workers::work() {
  // Of this thread alone, and of what the kernel does for it.
  constexpr int low = 5;
  if (urgency_ == Urgency::low) ::setpriority(PRIO_PROCESS, 0, low);
  std::unique_lock lock(mutex_);
  while (can_begin() || sleep(lock))
    // Another, who was busy then, may have been faster.
    if (can_begin()) run_first(lock);
  --threads_;
}

bool Workers::run_here(const std::shared_ptr<Task>& task, const std::function<bool()>& let_go) {
  std::unique_lock lock(mutex_);
  if (!waiting_.empty() || running_ == most_threads_ || !let_go()) return false;
  run(task, lock);
  while (can_begin()) run_first(lock);
  return true;
}

void Workers::run_first(std::unique_lock<std::mutex>& lock) {
  const std::shared_ptr<Task> task = std::move(waiting_.front());
  waiting_.pop_front();
  run(task, lock);
}

void Workers::run(const std::shared_ptr<Task>& task, std::unique_lock<std::mutex>& lock) {
  ++running_;
  last_change_ = std::chrono::steady_clock::now();
  lock.unlock();
  try {
    if (const auto work = task->begin()) work();
  } catch (const std::exception& error) {
    log::line(log::Level::error, "task_threw", {{"what", error.what()}});
  }
  lock.lock();
  --running_;
  last_change_ = std::chrono::steady_clock::now();
  if (waiting_.empty() && running_ == 0) quiet_.notify_all();
}

bool Workers::has_room_for_one() {
  const std::lock_guard lock(mutex_);
  return has_room();
}

bool Workers::is_unused() const {
  const std::lock_guard lock(mutex_);
  return threads_ == 0 && running_ == 0 && waiting_.empty();
}

std::size_t Workers::count_waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

bool Workers::wait_idle(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return quiet_.wait_for(lock, longest, [&] { return waiting_.empty() && running_ == 0; });
}

void Workers::give_way(std::chrono::nanoseconds while_idle, std::chrono::nanoseconds longest) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + longest;
  std::unique_lock lock(mutex_);
  while (true) {
    const bool is_idle = waiting_.empty() && running_ == 0;
    const auto until = std::min(end, last_change_ + (is_idle ? while_idle : longest));
    if (Clock::now() >= until) return;
    quiet_.wait_until(lock, until);
  }
}

}  // namespace zfsrest::agent
