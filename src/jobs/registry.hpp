// All jobs: how far they have come, who waits for them, and what of it outlives the process.
#pragma once

#include <pthread.h>

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "jobs/rate.hpp"
#include "store/job_journal.hpp"

namespace zfsrest::jobs {

// How many jobs there may be: those that have not ended, and those that have, which are kept for a
// while.
struct Limits {
  std::size_t unfinished;
  std::size_t kept;
  std::chrono::seconds kept_for;
};

// How a job ended: succeeded with a result, failed with a problem, or neither.
struct Ending {
  model::JobState state;
  json::Value result;
  json::Value problem;
};

// Where something is counted from 0 to `total`, if that is known.
struct Count {
  model::ProgressUnit unit;
  std::uint64_t done;
  std::optional<std::uint64_t> total;
};

// Safe to use from several threads.
class Registry {
 public:
  using Clock = std::chrono::steady_clock;

  // Takes what the journal holds; jobs that have begun to change something are `recovering`.
  static Result<std::unique_ptr<Registry>> open(store::JobJournal journal, Limits limits);

  // Writes a new job down, which is queued; its number and times are set here. Fails with
  // overloaded if too many have not ended, and with journal_failed.
  Result<model::JobId> add(model::Job job);
  // The job was refused before anything of it was done: it is as if it had never been.
  void drop(model::JobId id);

  // Something of the job is about to be done, and `evidence` is what its outcome can be told by
  // afterwards; it is empty for what can be done twice. Fails with canceled if it was canceled, and
  // with journal_failed; then nothing of it may be done. Further calls change the evidence.
  Result<Nothing> begin(model::JobId id, json::Object evidence);
  // More is known of what was begun. What cannot be written down is known until the next start.
  void learn(model::JobId id, json::Object evidence);
  void report(model::JobId id, model::JobState state, std::optional<Count> count);
  void add_step(model::JobId id, std::string step);
  void set_steps(model::JobId id, std::vector<std::string> steps);
  void set_skipped(model::JobId id, std::vector<model::Skipped> skipped);
  // The first ending counts.
  void end(model::JobId id, Ending ending);
  // Those of a pool that is gone.
  void end_all_of(const std::string& pool, const Ending& ending);

  // Nothing if there is no such job, or none any more.
  std::optional<model::Job> find(model::JobId id) const;
  std::optional<store::JobEntry> find_entry(model::JobId id) const;
  // The job that a caller's request with this Idempotency-Key began; the newest if there are
  // several.
  std::optional<model::JobId> find_by_key(const std::string& caller, const std::string& key) const;
  // At most `most` jobs, from the newest below `before` on, that `wanted` takes.
  std::vector<model::Job> list(std::optional<model::JobId> before, std::size_t most,
                               const std::function<bool(const model::Job&)>& wanted) const;
  // Forgets jobs that ended too long ago. To be called now and then. Whether some have not ended.
  bool tidy();
  // Those that have not ended, from the oldest on.
  std::vector<store::JobEntry> unfinished() const;
  std::vector<store::JobEntry> unfinished_of(const std::string& pool) const;

  // Calls `then`, which must not block, when the job has ended; returns what to forget it by. If it
  // has ended already, it is called at once, and there is nothing to forget; of a job that is not
  // there it is not called.
  using Listener = std::function<void(const model::Job&)>;
  std::optional<std::uint64_t> when_ended(model::JobId id, Listener then);
  void forget_listener(model::JobId id, std::uint64_t listener);

  // Asks the job to end before its time. One that is queued ends at once; another's worker finds
  // out by is_canceled(), and one that is in an interruptible call is woken.
  void cancel(model::JobId id);
  bool is_canceled(model::JobId id) const;

  // This thread is in a call for the job that a signal ends; cancel() sends it until there is no
  // Interruptible any more.
  class Interruptible {
   public:
    Interruptible(Registry& registry, model::JobId id);
    ~Interruptible();
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

   private:
    Registry& registry_;
    model::JobId id_;
  };
  // Sends the signal anew to those that were asked to end and still wait: one that came just before
  // a call has no effect on it. To be called now and then; false if there are none.
  bool interrupt_canceled();

 private:
  struct Entry {
    store::JobEntry stored;
    Rate rate;
    bool is_canceled = false;
    std::optional<pthread_t> waiting;
    std::map<std::uint64_t, Listener> listeners;
  };
  using Entries = std::map<std::uint64_t, Entry>;

  Registry(store::JobJournal journal, Limits limits)
      : journal_(std::move(journal)), limits_(limits) {}

  template <class Wanted>
  std::vector<store::JobEntry> unfinished_if(const Wanted& wanted) const;
  Entry* entry_of(model::JobId id);
  const Entry* entry_of(model::JobId id) const;
  void finish(Entry& entry, Ending ending, std::unique_lock<std::mutex>& lock);
  void forget_old();
  void write(const store::JobEntry& entry);

  store::JobJournal journal_;
  const Limits limits_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::size_t unfinished_ = 0;
  // Those that have ended, in the order in which they did: the first are the first to be forgotten.
  // By their numbers a job that took long would be gone as soon as it ends.
  std::deque<model::JobId> endings_;
  std::uint64_t next_listener_ = 0;
};

}  // namespace zfsrest::jobs
