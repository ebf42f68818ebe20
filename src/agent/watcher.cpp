#include "agent/watcher.hpp"

#include "agent/prepared.hpp"
#include "api/problem.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::agent {
namespace {

constexpr auto pause = std::chrono::seconds(1);
// A pool that is not there may come back: it is exported, or not imported yet.
constexpr auto pause_without_pool = std::chrono::seconds(5);

// The jobs of a pool that the kernel carries out.
template <class Visit>
void each_job(const jobs::Registry& jobs, const std::string& pool, const Visit& visit) {
  for (const store::JobEntry& job : jobs.unfinished_of(pool)) {
    const Entry* entry = find_entry(job.job.operation.id);
    // One that has not begun yet is somebody's who is about to start it.
    if (entry && entry->actions.observe && !job.evidence.empty()) visit(job, *entry);
  }
}

}  // namespace

void note_finding(jobs::Registry& jobs, const api::Operation& operation, const model::Job& job,
                  ops::Finding finding) {
  if (finding.steps) jobs.set_steps(job.id, *std::move(finding.steps));
  if (!model::has_ended(finding.state) || finding.count)
    jobs.report(job.id, model::has_ended(finding.state) ? model::JobState::running : finding.state,
                finding.count);
  if (!model::has_ended(finding.state)) return;
  jobs.end(job.id, {.state = finding.state,
                    .result = std::move(finding.result),
                    .problem = finding.error ? json::Value(api::problem(*finding.error, operation,
                                                                        "job " + job.id.text()))
                                             : json::Value()});
}

void Watcher::watch(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  if (watched_.insert(pool).second) look_at(pool, Clock::now() + pause);
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
    if (!workers.ok()) note_absence(pool);
    if (!workers.ok() || !workers.value()->submit(task))
      look_at(pool, Clock::now() + pause_without_pool);
  });
  if (!shared_.lanes.general().submit(ask)) look_at(pool, Clock::now() + pause);
}

bool Watcher::has_jobs(const std::string& pool) {
  bool found = false;
  each_job(shared_.jobs, pool, [&](const store::JobEntry&, const Entry&) { found = true; });
  return found;
}

void Watcher::look_again(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  if (has_jobs(pool))
    look_at(pool, Clock::now() + pause);
  else
    watched_.erase(pool);
}

void Watcher::look(const std::string& pool) {
  const auto handle = shared_.device.open();
  if (!handle.ok()) return note_absence(pool);
  const auto status = zfs::read_pool_status(handle.value(), pool);
  if (!status.ok()) return note_absence(pool);
  note(status.value());
}

void Watcher::note(const model::PoolStatus& status) {
  each_job(shared_.jobs, status.name.text(), [&](const store::JobEntry& job, const Entry& entry) {
    auto finding = entry.actions.observe(status, job);
    if (finding.ok())
      note_finding(shared_.jobs, *entry.operation, job.job, std::move(finding).value());
    else
      note_finding(shared_.jobs, *entry.operation, job.job,
                   {.state = model::JobState::undetermined, .error = std::move(finding).error()});
  });
}

void Watcher::note_absence(const std::string& pool) {
  each_job(shared_.jobs, pool, [&](const store::JobEntry& job, const Entry&) {
    shared_.jobs.report(job.job.id, model::JobState::recovering, {});
  });
}

}  // namespace zfsrest::agent
