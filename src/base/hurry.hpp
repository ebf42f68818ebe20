// A word to whoever makes an answer that may be long in coming: what can be said is wanted now.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace zfsrest {

// Safe to use from several threads.
class Hurry {
 public:
  // `then` is called once, by who says it; at once if that has been said already.
  void when_said(std::function<void()> then) {
    {
      const std::lock_guard lock(mutex_);
      if (!is_said_) {
        then_ = std::move(then);
        return;
      }
    }
    then();
  }

  void say() {
    std::function<void()> then;
    {
      const std::lock_guard lock(mutex_);
      is_said_ = true;
      then = std::exchange(then_, nullptr);
    }
    if (then) then();
  }

  bool is_said() const {
    const std::lock_guard lock(mutex_);
    return is_said_;
  }

 private:
  mutable std::mutex mutex_;
  std::function<void()> then_;
  bool is_said_ = false;
};

}  // namespace zfsrest
