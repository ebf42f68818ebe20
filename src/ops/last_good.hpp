// What the kernel last said of each pool, for when it does not answer about one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/pool.hpp"

namespace zfsrest::ops {

// Of answers of one kind; `T` has a member `as_of`.
template <class T>
class LastGood {
 public:
  using Clock = std::chrono::steady_clock;

  // Reads by `read`, one caller per pool at a time: whoever comes meanwhile gets what that one
  // gets, or, if the kernel is longer than `patience` about it, the last good answer. So one thread
  // at most is stuck in a pool's call. Fails with `deadline` where there is no good answer.
  template <class Read>
  Result<T> read(const std::string& pool, Clock::duration patience, const Read& read) {
    std::unique_lock lock(mutex_);
    Entry& entry = entries_[pool];
    if (entry.is_being_read) {
      ++entry.waiting;
      const bool is_there = ended_.wait_until(lock, entry.since + patience,
                                              [&entry] { return !entry.is_being_read; });
      --entry.waiting;
      if (!is_there) return last_of(entry, pool);
      if (entry.answer) return *entry.answer;
    }
    entry.is_being_read = true;
    entry.since = Clock::now();
    lock.unlock();
    Result<T> result = read();
    lock.lock();
    entry.is_being_read = false;
    entry.answer.reset();
    if (result.ok()) {
      entry.answer = result.value();
      entry.read_at = std::chrono::system_clock::now();
    } else if (entry.waiting == 0) {
      entries_.erase(pool);
    }
    ended_.notify_all();
    return result;
  }

  // The last good answer, which says when it was good.
  std::optional<T> find(const std::string& pool) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(pool);
    if (found == entries_.end() || !found->second.answer) return {};
    return stale(found->second);
  }

 private:
  struct Entry {
    bool is_being_read = false;
    Clock::time_point since;
    int waiting = 0;
    std::optional<T> answer;
    std::chrono::system_clock::time_point read_at;
  };

  static T stale(const Entry& entry) {
    T answer = *entry.answer;
    answer.as_of = model::Time{
        static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(entry.read_at))};
    return answer;
  }

  static Result<T> last_of(const Entry& entry, const std::string& pool) {
    if (entry.answer) return stale(entry);
    return Error{
        .code = Code::deadline, .subject = pool, .detail = "the pool did not answer in time"};
  }

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, Entry> entries_;
};

struct LastSeen {
  LastGood<model::Pool> pools;
  LastGood<model::PoolStatus> statuses;
};

}  // namespace zfsrest::ops
