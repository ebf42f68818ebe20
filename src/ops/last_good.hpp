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

  // Reads by `read`, one caller per pool at a time, so that one thread at most is stuck in a pool's
  // call. Whoever comes meanwhile waits, and shares what a reading finds that has begun since; if
  // the kernel is longer than `patience` about one, they get the last good answer. Fails with
  // `deadline` where there is none.
  template <class Read>
  Result<T> read(const std::string& pool, Clock::duration patience, const Read& read) {
    const auto arrived = Clock::now();
    std::unique_lock lock(mutex_);
    Entry& entry = entries_[pool];
    ++entry.users;
    const User user(*this, lock, pool, entry);
    while (entry.is_being_read) {
      const auto since = entry.since;
      const bool has_ended = ended_.wait_until(
          lock, since + patience, [&] { return !entry.is_being_read || entry.since != since; });
      if (!has_ended) return last_of(entry, pool);
    }
    if (entry.answer && entry.answer_since >= arrived) return *entry.answer;
    const Reading reading(*this, lock, entry);
    auto result = read();
    reading.end(result);
    return result;
  }

  // The last good answer, which says when it was good.
  std::optional<T> find(const std::string& pool) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(pool);
    if (found == entries_.end() || !found->second.answer) return {};
    return stale(found->second);
  }

  // The pool is gone; another of its name has nothing to do with it.
  void forget(const std::string& pool) {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find(pool); found != entries_.end())
      found->second.answer.reset();
  }

 private:
  struct Entry {
    std::size_t users = 0;  // who are in read()
    bool is_being_read = false;
    Clock::time_point since;
    std::optional<T> answer;
    Clock::time_point answer_since;
    std::chrono::system_clock::time_point read_at;
  };

  // Somebody in read(), also one that an exception leads out of it. Entries without answer and user
  // are forgotten.
  struct User {
    User(LastGood& all, std::unique_lock<std::mutex>& lock, const std::string& pool, Entry& entry)
        : all_(all), lock_(lock), pool_(pool), entry_(entry) {}
    ~User() {
      if (!lock_.owns_lock()) lock_.lock();
      if (--entry_.users == 0 && !entry_.answer) all_.entries_.erase(pool_);
    }
    User(const User&) = delete;
    User& operator=(const User&) = delete;

   private:
    LastGood& all_;
    std::unique_lock<std::mutex>& lock_;
    const std::string& pool_;
    Entry& entry_;
  };

  // One reading, without the lock; others are told of its end.
  struct Reading {
    Reading(LastGood& all, std::unique_lock<std::mutex>& lock, Entry& entry)
        : all_(all), lock_(lock), entry_(entry) {
      entry_.is_being_read = true;
      entry_.since = Clock::now();
      lock_.unlock();
    }
    void end(const Result<T>& result) const {
      lock_.lock();
      entry_.answer = result.ok() ? std::optional(result.value()) : std::nullopt;
      entry_.answer_since = entry_.since;
      entry_.read_at = std::chrono::system_clock::now();
    }
    ~Reading() {
      if (!lock_.owns_lock()) lock_.lock();
      entry_.is_being_read = false;
      all_.ended_.notify_all();
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    LastGood& all_;
    std::unique_lock<std::mutex>& lock_;
    Entry& entry_;
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

  void forget(const std::string& pool) {
    pools.forget(pool);
    statuses.forget(pool);
  }
};

}  // namespace zfsrest::ops
