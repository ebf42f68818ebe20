// Bounded sets of worker threads with bounded queues: what blocks in the kernel blocks its own set
// and nothing else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace zfsrest::agent {

// A piece of work that can be withdrawn as long as nobody has begun it.
class Task {
 public:
  explicit Task(std::function<void()> work) : work_(std::move(work)) {}

  // True if it had not begun; then it never will, and what it held is gone.
  bool withdraw();

 private:
  friend class Workers;
  // The work, which is the caller's from now on; empty if it was withdrawn.
  std::function<void()> begin();
  bool is_withdrawn();

  std::mutex mutex_;
  enum class State { waiting, begun, withdrawn } state_ = State::waiting;
  std::function<void()> work_;
};

// Whether others go first where processors are scarce.
enum class Urgency : std::uint8_t { usual, low };

class Workers : public std::enable_shared_from_this<Workers> {
 public:
  // At most `threads` at once; at most `queue` tasks wait.
  Workers(std::size_t threads, std::size_t queue, Urgency urgency = Urgency::usual)
      : most_threads_(threads), most_waiting_(queue), urgency_(urgency) {}

  // False if the queue is full of tasks that are not withdrawn. A thread that is stuck in a task
  // stays counted; idle ones end after a while.
  bool submit(std::shared_ptr<Task> task);

  // Runs it on the calling thread, and what comes to wait behind it, if it need not wait itself and
  // `let_go` agrees, which is called then and must not block. False if nothing was run.
  bool run_here(const std::shared_ptr<Task>& task, const std::function<bool()>& let_go);

  // Whether a task that comes now would be taken.
  bool has_room_for_one();

  // Whether it has neither tasks nor threads.
  bool is_unused() const;

  // How many tasks nobody has begun.
  std::size_t count_waiting() const;

  // Waits until no task waits or runs, at most so long.
  bool wait_idle(std::chrono::milliseconds longest);

  // Waits until there has been no task for a while, at most so long: what comes one after the other
  // is one to whoever gives way. A task that takes longer than that is not waited for any more.
  void give_way(std::chrono::nanoseconds while_idle, std::chrono::nanoseconds longest);

 private:
  struct Sleeper {
    std::condition_variable wake;
    bool is_called = false;
  };

  void work();
  bool can_begin() const { return !waiting_.empty() && running_ < most_threads_; }
  void run(const std::shared_ptr<Task>& task, std::unique_lock<std::mutex>& lock);
  void run_first(std::unique_lock<std::mutex>& lock);
  bool sleep(std::unique_lock<std::mutex>& lock);
  bool wake_one();
  bool start_thread();
  bool has_room();

  const std::size_t most_threads_;
  const std::size_t most_waiting_;
  const Urgency urgency_;
  mutable std::mutex mutex_;
  std::condition_variable quiet_;
  std::deque<std::shared_ptr<Task>> waiting_;
  std::vector<Sleeper*> sleepers_;  // threads without a task, the last to have had one last
  std::size_t threads_ = 0;         // of its own
  std::size_t running_ = 0;         // tasks that were taken and have not ended
  std::chrono::steady_clock::time_point last_change_{};  // when a task began or ended
};

}  // namespace zfsrest::agent
