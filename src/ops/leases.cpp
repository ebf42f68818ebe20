#include "ops/leases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <tuple>

#include "os/random.hpp"
#include "zfs/pool.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

std::uint64_t seconds_since_1970() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

Error no_such(const model::LeaseId& id) {
  return {.code = Code::not_found,
          .subject = id.text(),
          .detail = "there is no such lease, or it has ended"};
}

}  // namespace

model::Lease Leases::Entry::shown() const {
  model::Lease copy = lease;
  copy.ending = is_over();
  return copy;
}

void Leases::Entry::count_from_now() {
  ends = Clock::now() + std::chrono::seconds(lease.seconds);
  lease.expires.seconds = seconds_since_1970() + lease.seconds;
}

void Leases::Entry::expire() {
  ends = Clock::now();
  lease.expires.seconds = seconds_since_1970();
}

Leases::Opening::~Opening() {
  if (leases_) leases_->close(id_);
}

int Leases::Opening::fd() const {
  const std::lock_guard lock(leases_->mutex_);
  return leases_->entries_.at(id_).fd.get();
}

// From here on the close waits for the pool, and is no matter of the destructor any more.
Result<model::Lease> Leases::Opening::begin(const zfs::Handle& handle,
                                            std::vector<model::SnapshotTag> holds,
                                            std::uint32_t seconds) && {
  Leases& leases = *std::exchange(leases_, nullptr);
  auto ties = read_ties(handle, holds);
  const std::lock_guard lock(leases.mutex_);
  Entry& entry = leases.entries_.at(id_);
  entry.lease.holds = std::move(holds);
  entry.lease.seconds = seconds;
  entry.lease.created.seconds = seconds_since_1970();
  entry.count_from_now();
  entry.stage = Stage::running;
  if (!ties.ok()) {
    entry.expire();
    return std::move(ties).error();
  }
  entry.ties = std::move(ties).value();
  return entry.shown();
}

Result<Leases::Opening> Leases::open(const std::string& pool) {
  constexpr std::size_t random_bytes = 16;
  os::Fd fd = TRY(zfs::open_device());
  const std::string id = pool + ":" + os::random_hex(random_bytes);
  const std::lock_guard lock(mutex_);
  const auto of_pool = std::ranges::count_if(
      entries_, [&](const auto& entry) { return entry.second.lease.pool.text() == pool; });
  if (static_cast<std::size_t>(of_pool) >= most_of_one_pool_)
    return Error{
        .code = Code::overloaded,
        .subject = pool,
        .detail = fmt::format("{} has {} leases already, as many as one pool may have; end "
                              "some first",
                              pool, of_pool)};
  Entry entry{.lease = {}, .fd = std::move(fd), .ends = {}};
  entry.lease.lease = model::LeaseId::parse(id).value();
  entry.lease.pool = model::PoolName::parse(pool).value();
  entries_.emplace(id, std::move(entry));
  return Opening(*this, id);
}

std::vector<model::Lease> Leases::list() const {
  std::vector<model::Lease> leases;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_)
      if (entry.stage != Stage::opening) leases.push_back(entry.shown());
  }
  std::ranges::sort(leases, {}, [](const model::Lease& lease) {
    return std::pair(lease.created.seconds, lease.lease.text());
  });
  return leases;
}

const Leases::Entry* Leases::find_begun(const model::LeaseId& id) const {
  const auto found = entries_.find(id.text());
  return found == entries_.end() || found->second.stage == Stage::opening ? nullptr
                                                                          : &found->second;
}

Leases::Entry* Leases::find_begun(const model::LeaseId& id) {
  return const_cast<Entry*>(std::as_const(*this).find_begun(id));
}

Result<model::Lease> Leases::read(const model::LeaseId& id) {
  Ties ties;
  {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find_begun(id);
    if (!entry) return no_such(id);
    if (entry->is_over()) return entry->shown();
    ties = entry->ties;
  }
  const zfs::Handle handle = TRY(device_.open());
  auto found = TRY(read_tied_holds(handle, id.pool(), ties));
  const std::lock_guard lock(mutex_);
  Entry* entry = find_begun(id);
  if (!entry) return no_such(id);
  entry->lease.holds = std::move(found.own);
  if (entry->lease.holds.empty() && !entry->is_over()) {
    entry->expire();
    return Error{.code = Code::not_found,
                 .subject = id.text(),
                 .detail =
                     "all holds of the lease were released by others or went with an export "
                     "of the pool; it has ended"};
  }
  return entry->shown();
}

Result<model::Lease> Leases::renew(const model::LeaseId& id, std::optional<std::uint32_t> seconds) {
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = find_begun(id);
    if (!entry || entry->is_over()) return no_such(id);
    if (seconds) entry->lease.seconds = *seconds;
    entry->count_from_now();
  }
  model::Lease lease = TRY(read(id));
  // The pool may have been asked for longer than the lease lasts.
  if (lease.ending) return no_such(id);
  return lease;
}

Result<std::vector<Leases::Tied>> Leases::find_tied(
    const zfs::Handle& handle, const std::vector<model::SnapshotTag>& holds) const {
  const std::string pool = holds.front().snapshot.pool();
  std::set<model::HoldTag> tags;
  for (const model::SnapshotTag& hold : holds) tags.insert(hold.tag);
  using Known = std::tuple<std::uint64_t, std::uint64_t, model::HoldTag>;
  std::multimap<Known, model::LeaseId> known;  // by load guid, snapshot and tag
  std::set<model::HoldTag> known_tags;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, entry] : entries_)
      for (const Tie& tie : entry.ties.ties)
        if (entry.lease.pool.text() == pool && tags.contains(tie.tag)) {
          known.emplace(Known(entry.ties.load_guid, tie.snapshot, tie.tag), entry.lease.lease);
          known_tags.insert(tie.tag);
        }
  }
  std::vector<Tied> tied;
  if (known.empty()) return tied;
  const std::uint64_t load_guid = TRY(zfs::read_load_guid(handle, pool));
  for (const model::SnapshotTag& hold : holds) {
    if (!known_tags.contains(hold.tag)) continue;
    const auto snapshot = zfs::read_object(handle, hold.snapshot.text());
    if (!snapshot.ok() && snapshot.error().os_errno == ENOENT) continue;
    if (!snapshot.ok()) return snapshot.error();
    const auto [first, last] = known.equal_range(Known(load_guid, snapshot.value(), hold.tag));
    for (auto each = first; each != last; ++each)
      tied.push_back({.hold = hold, .lease = each->second});
  }
  return tied;
}

void Leases::settle(const std::vector<Tied>& tied) {
  std::set<model::LeaseId> leases;
  for (const Tied& each : tied) leases.insert(each.lease);
  for (const model::LeaseId& lease : leases) {
    const auto left = read(lease);
    if (left.ok() || left.error().code != Code::not_found) continue;
    [[maybe_unused]] const auto ended = end(lease);
  }
}

void Leases::forget(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, entry] : entries_)
    if (entry.stage == Stage::running && entry.lease.pool.text() == pool) {
      entry.lease.holds.clear();
      entry.expire();
    }
}

Result<Nothing> Leases::end(const model::LeaseId& id) {
  {
    const std::lock_guard lock(mutex_);
    Entry* entry = find_begun(id);
    if (!entry) return no_such(id);
    if (entry->stage == Stage::ending)
      return Error{.code = Code::busy,
                   .subject = id.text(),
                   .detail =
                       "the lease is ending already; its holds go as soon as the pool lets go "
                       "of them"};
    entry->stage = Stage::ending;
  }
  return finish(id.text(), id.pool());
}

bool Leases::end_expired(const Submit& submit) {
  const auto now = Clock::now();
  end_those(submit, [now](const Entry& entry) { return now >= entry.ends; });
  const std::lock_guard lock(mutex_);
  return !entries_.empty();
}

void Leases::end_all(const Submit& submit) {
  end_those(submit, [](const Entry&) { return true; });
}

template <class Condition>
void Leases::end_those(const Submit& submit, const Condition& condition) {
  std::vector<std::pair<std::string, std::string>> chosen;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, entry] : entries_)
      if (entry.stage == Stage::running && condition(entry)) {
        entry.stage = Stage::ending;
        chosen.emplace_back(id, entry.lease.pool.text());
      }
  }
  for (const auto& [id, pool] : chosen)
    if (!submit(pool, [this, id, pool] { [[maybe_unused]] const auto ended = finish(id, pool); })) {
      const std::lock_guard lock(mutex_);
      entries_.at(id).stage = Stage::running;
    }
}

Result<Nothing> Leases::finish(const std::string& id, const std::string& pool) {
  auto closable = check_closable(id, pool);
  if (!closable.ok()) {
    const std::lock_guard lock(mutex_);
    entries_.at(id).stage = Stage::running;
    return closable;
  }
  close(id);
  return Nothing{};
}

// The close waits for the pool inside the kernel: where that is suspended, without end, and before
// 2.2 with a lock that whoever opens or closes /dev/zfs needs. So the pool must first have shown
// that it goes on, by a call that a suspended pool refuses and that waits without that lock. A pool
// that is not there any more, or not answered for, has nothing to wait for.
//
// It would also release what other tools have held meanwhile by the same tags.
Result<Nothing> Leases::check_closable(const std::string& id, const std::string& pool) {
  Ties ties;
  {
    const std::lock_guard lock(mutex_);
    ties = entries_.at(id).ties;
  }
  const auto handle = device_.open();
  if (!handle.ok()) return Nothing{};
  const auto found = read_tied_holds(handle.value(), pool, ties);
  if (found.ok() && !found.value().others.empty()) {
    const auto& [snapshot, tag] = found.value().others.front();
    const std::lock_guard lock(mutex_);
    entries_.at(id).expire();
    return Error{.code = Code::busy,
                 .subject = id,
                 .detail = fmt::format("{} has a hold \"{}\" that is not the lease's and would be "
                                       "released with it; the lease ends when that is released",
                                       snapshot.text(), tag.text())};
  }
  auto goes_on = zfs::sync_pool(handle.value(), pool, zfs::Force::no);
  if (!goes_on.ok() && goes_on.error().os_errno == EAGAIN) return goes_on;
  return Nothing{};
}

void Leases::close(const std::string& id) {
  os::Fd fd;
  {
    const std::lock_guard lock(mutex_);
    fd = std::move(entries_.at(id).fd);
  }
  // The kernel releases the holds in here.
  fd.close();
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
}

}  // namespace zfsrest::ops
