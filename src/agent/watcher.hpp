// Looks once a second what has become of the jobs that the kernel carries out: one look for all of
// a pool, on that pool's own workers, however many ask.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "agent/shared.hpp"
#include "model/pool.hpp"

namespace zfsrest::agent {

class Watcher {
 public:
  explicit Watcher(Shared& shared) : shared_(shared) {}

  // Begins to look after the pool's jobs, if that is not done yet; it ends with the last of them.
  void watch(const std::string& pool);

  // Looks at once, if the pool has such jobs. To be called on a worker of the pool.
  void look(const std::string& pool);

  // As long as it exists, a job is left alone: this agent is still telling the kernel to begin.
  class Starting {
   public:
    Starting(Watcher& watcher, model::JobId job);
    ~Starting();
    Starting(const Starting&) = delete;
    Starting& operator=(const Starting&) = delete;

   private:
    Watcher& watcher_;
    model::JobId job_;
  };

 private:
  using Clock = Shared::Clock;
  using Jobs = std::vector<store::JobEntry>;

  // Those of a pool that the kernel carries out and that have been begun.
  Jobs read_jobs(const std::string& pool);
  // The same, to be called with the lock.
  Jobs jobs_of(const std::string& pool) const;
  void look_at(const std::string& pool, Clock::time_point when);
  void submit(const std::string& pool);
  void look_again(const std::string& pool);
  Result<model::PoolStatus> read_settled(const std::string& pool, const Jobs& jobs);
  void note(const model::PoolStatus& status, const store::JobEntry& job);
  void note_absence(const Jobs& jobs);

  Shared& shared_;
  std::mutex mutex_;
  std::set<std::string> watched_;
  std::set<model::JobId> starting_;
};

}  // namespace zfsrest::agent
