#include "agent/watcher.hpp"

#include <algorithm>

#include "agent/endings.hpp"
#include "agent/prepared.hpp"
#include "agent/settle.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::agent {
namespace {

constexpr auto pause = std::chrono::seconds(1);
// A pool that is not there may come back: it is exported, or not imported yet.
constexpr auto pause_without_pool = std::chrono::seconds(5);

}  // namespace

void Watcher::watch(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  if (watched_.insert(pool).second) look_at(pool, Clock::now());
}

void Watcher::look_at(const std::string& pool, Clock::time_point when) {
  shared_.deadlines.at(when, [this, pool] { submit(pool); });
}

void Watcher::submit(const std::string& pool) {
  const auto task = std::make_shared<Task>([this, pool] {
    look(pool);
    look_again(pool);
  });
  if (const auto workers = shared_.lanes.find(pool, api::Lane::read)) {
    if (!workers->submit(task)) look_at(pool, Clock::now() + pause);
    return;
  }
  // The kernel must be asked whether there is such a pool, and that may block.
  const auto ask = std::make_shared<Task>([this, pool, task] {
    const auto workers = shared_.workers_of(pool, api::Lane::read);
    if (!workers.ok()) note_absence(read_jobs(pool));
    if (!workers.ok() || !workers.value()->submit(task))
      look_at(pool, Clock::now() + pause_without_pool);
  });
  if (!shared_.lanes.general().submit(ask)) look_at(pool, Clock::now() + pause);
}

Watcher::Jobs Watcher::read_jobs(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  return jobs_of(pool);
}

Watcher::Jobs Watcher::jobs_of(const std::string& pool) const {
  Jobs jobs = shared_.jobs.unfinished_of(pool);
  std::erase_if(jobs, [this](const store::JobEntry& job) {
    const Entry* entry = find_entry(job.job.operation.id);
    return !entry || !entry->actions.observe || job.evidence.empty() ||
           starting_.contains(job.job.id);
  });
  return jobs;
}

void Watcher::look_again(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  if (!jobs_of(pool).empty())
    look_at(pool, Clock::now() + pause);
  else
    watched_.erase(pool);
}

// What is known of the jobs is from before the look, so that what is seen is never older than it.
void Watcher::look(const std::string& pool) {
  const Jobs jobs = read_jobs(pool);
  if (jobs.empty()) return;
  const auto status = read_settled(pool, jobs);
  if (!status.ok()) return note_absence(jobs);
  for (const store::JobEntry& job : jobs) note(status.value(), job);
}

// Nothing can be said of a job that was interrupted before what was begun of it is over.
Result<model::PoolStatus> Watcher::read_settled(const std::string& pool, const Jobs& jobs) {
  const zfs::Handle handle = TRY(shared_.device.open());
  if (std::ranges::any_of(jobs, [](const store::JobEntry& job) {
        return job.job.state == model::JobState::recovering;
      }))
    TRY(settle(handle, pool));
  return zfs::read_pool_status(handle, pool);
}

void Watcher::note(const model::PoolStatus& status, const store::JobEntry& job) {
  const Entry& entry = *find_entry(job.job.operation.id);
  auto finding = entry.actions.observe(status, job);
  if (finding.ok())
    note_finding(shared_.jobs, *entry.operation, job.job, std::move(finding).value());
  else
    note_finding(shared_.jobs, *entry.operation, job.job,
                 {.state = model::JobState::undetermined, .error = std::move(finding).error()});
}

void Watcher::note_absence(const Jobs& jobs) {
  for (const store::JobEntry& job : jobs)
    shared_.jobs.report(job.job.id, model::JobState::recovering, {});
}

Watcher::Starting::Starting(Watcher& watcher, model::JobId job) : watcher_(watcher), job_(job) {
  const std::lock_guard lock(watcher_.mutex_);
  watcher_.starting_.insert(job_);
}

Watcher::Starting::~Starting() {
  const std::lock_guard lock(watcher_.mutex_);
  watcher_.starting_.erase(job_);
}

}  // namespace zfsrest::agent
