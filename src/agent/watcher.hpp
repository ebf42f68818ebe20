// Looks once a second what has become of the jobs that the kernel carries out: one look for all of
// a pool, on that pool's own workers, however many ask.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "agent/shared.hpp"
#include "model/pool.hpp"

namespace zfsrest::agent {

class Watcher {
 public:
  explicit Watcher(Shared& shared) : shared_(shared) {}

  // Begins to look after the pool's jobs, if that is not done yet; it ends with the last of them.
  void watch(const std::string& pool);

  // Looks at once. To be called on a worker of the pool.
  void look(const std::string& pool);

 private:
  using Clock = Shared::Clock;

  void look_at(const std::string& pool, Clock::time_point when);
  void submit(const std::string& pool);
  void look_again(const std::string& pool);
  // False if the pool has no job any more.
  bool has_jobs(const std::string& pool);
  void note(const model::PoolStatus& status);
  void note_absence(const std::string& pool);

  Shared& shared_;
  std::mutex mutex_;
  std::set<std::string> watched_;
};

// What a finding means for a job: its progress, or its end.
void note_finding(jobs::Registry& jobs, const api::Operation& operation, const model::Job& job,
                  ops::Finding finding);

}  // namespace zfsrest::agent
