#include "jobs/registry.hpp"

#include <algorithm>
#include <csignal>

#include "log/log.hpp"

namespace zfsrest::jobs {
namespace {

bool has_ended(const store::JobEntry& entry) {
  return model::has_ended(entry.job.state);
}

}  // namespace

Result<std::unique_ptr<Registry>> Registry::open(store::JobJournal journal, Limits limits) {
  auto entries = TRY(journal.read_all());
  std::unique_ptr<Registry> registry(new Registry(std::move(journal), limits));
  for (store::JobEntry& entry : entries) {
    if (!has_ended(entry)) {
      ++registry->unfinished_;
      // Nothing was noted, so nothing was changed: it can begin anew.
      entry.job.state =
          entry.evidence.empty() ? model::JobState::queued : model::JobState::recovering;
    }
    if (has_ended(entry)) registry->endings_.push_back(entry.job.id);
    registry->entries_[entry.job.id.value].stored = std::move(entry);
  }
  const std::lock_guard lock(registry->mutex_);
  std::ranges::sort(registry->endings_, {}, [&](model::JobId id) {
    return std::pair(registry->entry_of(id)->stored.job.ended.value_or(model::Time{}).seconds, id);
  });
  registry->forget_old();
  return registry;
}

Registry::Entry* Registry::entry_of(model::JobId id) {
  const auto found = entries_.find(id.value);
  return found == entries_.end() ? nullptr : &found->second;
}

const Registry::Entry* Registry::entry_of(model::JobId id) const {
  const auto found = entries_.find(id.value);
  return found == entries_.end() ? nullptr : &found->second;
}

Result<model::JobId> Registry::add(model::Job job) {
  const std::lock_guard lock(mutex_);
  if (unfinished_ >= limits_.unfinished)
    return Error::of(Code::overloaded, "too many jobs have not ended; this one was not begun");
  job.state = model::JobState::queued;
  job.created = model::now();
  job.id = TRY(journal_.add(job));
  ++unfinished_;
  const model::JobId id = job.id;
  entries_[id.value].stored.job = std::move(job);
  return id;
}

void Registry::drop(model::JobId id) {
  const std::lock_guard lock(mutex_);
  const auto node = entries_.extract(id.value);
  if (!node) return;
  if (has_ended(node.mapped().stored))
    std::erase(endings_, id);
  else
    --unfinished_;
  if (auto removed = journal_.remove({&id, 1}); !removed.ok())
    log::line(log::Level::error, "journal_failed", {{"detail", removed.error().detail}});
}

Result<Nothing> Registry::begin(model::JobId id, json::Object evidence) {
  const std::lock_guard lock(mutex_);
  Entry* entry = entry_of(id);
  if (!entry || entry->is_canceled || has_ended(entry->stored))
    return Error::of(Code::canceled, "the job was canceled before anything of it was done");
  store::JobEntry next = entry->stored;
  if (!next.job.started) next.job.started = model::now();
  next.job.state = model::JobState::running;
  next.evidence = std::move(evidence);
  TRY(journal_.update(next));
  entry->stored = std::move(next);
  return Nothing{};
}

void Registry::learn(model::JobId id, json::Object evidence) {
  const std::lock_guard lock(mutex_);
  Entry* entry = entry_of(id);
  if (!entry || has_ended(entry->stored)) return;
  entry->stored.evidence = std::move(evidence);
  write(entry->stored);
}

void Registry::report(model::JobId id, model::JobState state, std::optional<Count> count) {
  const std::lock_guard lock(mutex_);
  Entry* entry = entry_of(id);
  if (!entry || has_ended(entry->stored)) return;
  entry->stored.job.state = state;
  if (!count) return;
  if (state == model::JobState::running)
    entry->rate.note(count->done, Clock::now());
  else
    entry->rate.rest();
  model::Progress progress{.unit = count->unit,
                           .done = count->done,
                           .total = count->total,
                           .rate_per_second = entry->rate.per_second(),
                           .estimated_end = {}};
  if (const std::uint64_t rate = progress.rate_per_second.value_or(0); rate > 0 && count->total)
    progress.estimated_end =
        model::Time{model::now().seconds +
                    (*count->total > count->done ? (*count->total - count->done) / rate : 0)};
  entry->stored.job.progress = progress;
}

void Registry::add_step(model::JobId id, std::string step) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = entry_of(id)) entry->stored.job.steps.push_back(std::move(step));
}

void Registry::set_steps(model::JobId id, std::vector<std::string> steps) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = entry_of(id)) entry->stored.job.steps = std::move(steps);
}

void Registry::set_skipped(model::JobId id, std::vector<model::Skipped> skipped) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = entry_of(id)) entry->stored.job.skipped = std::move(skipped);
}

void Registry::end(model::JobId id, Ending ending) {
  std::unique_lock lock(mutex_);
  if (Entry* entry = entry_of(id)) finish(*entry, std::move(ending), lock);
}

void Registry::end_all_of(const std::string& pool, const Ending& ending) {
  for (const store::JobEntry& entry : unfinished_of(pool)) end(entry.job.id, ending);
}

// Whoever hears of it may use the registry, so the lock is given up before.
void Registry::finish(Entry& entry, Ending ending, std::unique_lock<std::mutex>& lock) {
  if (has_ended(entry.stored)) return;
  model::Job& job = entry.stored.job;
  job.state = ending.state;
  job.ended = model::now();
  job.result = std::move(ending.result);
  job.problem = std::move(ending.problem);
  if (job.progress) {
    job.progress->rate_per_second.reset();
    job.progress->estimated_end.reset();
  }
  write(entry.stored);
  --unfinished_;
  endings_.push_back(job.id);
  const auto listeners = std::exchange(entry.listeners, {});
  const model::Job ended = job;
  forget_old();
  lock.unlock();
  for (const auto& [number, listener] : listeners) listener(ended);
}

// What cannot be written is decided again after the next start, by asking ZFS.
void Registry::write(const store::JobEntry& entry) {
  if (auto written = journal_.update(entry); !written.ok())
    log::line(log::Level::error, "journal_failed",
              {{"job", entry.job.id.text()}, {"detail", written.error().detail}});
}

bool Registry::tidy() {
  const std::lock_guard lock(mutex_);
  forget_old();
  return unfinished_ > 0;
}

void Registry::forget_old() {
  const std::uint64_t oldest =
      model::now().seconds - static_cast<std::uint64_t>(limits_.kept_for.count());
  std::vector<model::JobId> old;
  while (!endings_.empty()) {
    const auto first = entries_.find(endings_.front().value);
    const model::Time ended = first->second.stored.job.ended.value_or(model::Time{});
    if (endings_.size() <= limits_.kept && ended.seconds >= oldest) break;
    old.push_back(endings_.front());
    entries_.erase(first);
    endings_.pop_front();
  }
  if (old.empty()) return;
  if (auto removed = journal_.remove(old); !removed.ok())
    log::line(log::Level::error, "journal_failed", {{"detail", removed.error().detail}});
}

std::optional<model::Job> Registry::find(model::JobId id) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = entry_of(id);
  return entry ? std::optional(entry->stored.job) : std::nullopt;
}

std::optional<store::JobEntry> Registry::find_entry(model::JobId id) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = entry_of(id);
  return entry ? std::optional(entry->stored) : std::nullopt;
}

std::optional<model::JobId> Registry::find_by_key(const std::string& caller,
                                                  const std::string& key) const {
  const auto jobs = list({}, 1, [&](const model::Job& job) {
    return job.caller == caller && job.idempotency_key == key;
  });
  return jobs.empty() ? std::nullopt : std::optional(jobs.front().id);
}

std::vector<model::Job> Registry::list(std::optional<model::JobId> before, std::size_t most,
                                       const std::function<bool(const model::Job&)>& wanted) const {
  const std::lock_guard lock(mutex_);
  std::vector<model::Job> jobs;
  auto end = before ? entries_.lower_bound(before->value) : entries_.end();
  while (end != entries_.begin() && jobs.size() < most) {
    --end;
    if (wanted(end->second.stored.job)) jobs.push_back(end->second.stored.job);
  }
  return jobs;
}

template <class Wanted>
std::vector<store::JobEntry> Registry::unfinished_if(const Wanted& wanted) const {
  const std::lock_guard lock(mutex_);
  std::vector<store::JobEntry> entries;
  for (const auto& [number, entry] : entries_)
    if (!has_ended(entry.stored) && wanted(entry.stored.job)) entries.push_back(entry.stored);
  return entries;
}

std::vector<store::JobEntry> Registry::unfinished() const {
  return unfinished_if([](const model::Job&) { return true; });
}

std::vector<store::JobEntry> Registry::unfinished_of(const std::string& pool) const {
  return unfinished_if([&](const model::Job& job) { return job.pool == pool; });
}

std::optional<std::uint64_t> Registry::when_ended(model::JobId id, Listener then) {
  std::unique_lock lock(mutex_);
  Entry* entry = entry_of(id);
  if (!entry) return {};
  if (!has_ended(entry->stored)) {
    entry->listeners.emplace(next_listener_, std::move(then));
    return next_listener_++;
  }
  const model::Job job = entry->stored.job;
  lock.unlock();
  then(job);
  return {};
}

void Registry::forget_listener(model::JobId id, std::uint64_t listener) {
  // What it holds is let go of without the lock.
  std::map<std::uint64_t, Listener>::node_type forgotten;
  const std::lock_guard lock(mutex_);
  if (Entry* entry = entry_of(id)) forgotten = entry->listeners.extract(listener);
}

void Registry::cancel(model::JobId id) {
  std::unique_lock lock(mutex_);
  Entry* entry = entry_of(id);
  if (!entry || has_ended(entry->stored)) return;
  entry->is_canceled = true;
  if (entry->stored.job.state == model::JobState::queued)
    finish(*entry, {.state = model::JobState::canceled, .result = nullptr, .problem = nullptr},
           lock);
}

bool Registry::is_canceled(model::JobId id) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = entry_of(id);
  return !entry || entry->is_canceled;
}

Registry::Interruptible::Interruptible(Registry& registry, model::JobId id)
    : registry_(registry), id_(id) {
  const std::lock_guard lock(registry_.mutex_);
  if (Entry* entry = registry_.entry_of(id_)) entry->waiting = ::pthread_self();
}

Registry::Interruptible::~Interruptible() {
  const std::lock_guard lock(registry_.mutex_);
  if (Entry* entry = registry_.entry_of(id_)) entry->waiting.reset();
}

bool Registry::interrupt_canceled() {
  const std::lock_guard lock(mutex_);
  bool found = false;
  for (auto& [number, entry] : entries_) {
    if (!entry.is_canceled || !entry.waiting) continue;
    ::pthread_kill(*entry.waiting, SIGUSR1);
    found = true;
  }
  return found;
}

}  // namespace zfsrest::jobs
