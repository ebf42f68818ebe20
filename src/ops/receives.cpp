#include "ops/receives.hpp"

#include <algorithm>

#include "os/random.hpp"

namespace zfsrest::ops {
namespace {

Error no_such(const model::ReceiveId& id) {
  return {.code = Code::not_found,
          .subject = id.text(),
          .detail = "there is no such receive, or none any more"};
}

Error in_turn(const model::ReceiveId& id) {
  return {.code = Code::busy,
          .subject = id.text(),
          .detail = "a stream is on its way to this receive already"};
}

}  // namespace

Result<model::ReceiveShown> Receives::add(const std::string& pool, model::ReceiveOptions options,
                                          std::optional<zfs::WrappingKey> key) {
  constexpr std::size_t random_bytes = 16;
  const model::ReceiveId id =
      model::ReceiveId::parse(pool + ":" + os::random_hex(random_bytes)).value();
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= most_)
    return Error::of(Code::overloaded,
                     "there are too many receives; abort those that are not "
                     "needed any more");
  Entry& entry = entries_[id];
  entry.number = next_number_++;
  entry.shown.receive = id;
  entry.shown.options = std::move(options);
  entry.shown.created = model::now();
  if (key) entry.key = std::make_shared<const zfs::WrappingKey>(*std::move(key));
  count_from_now(entry);
  return entry.shown;
}

void Receives::count_from_now(Entry& entry) const {
  entry.shown.expires.seconds = model::now().seconds + static_cast<std::uint64_t>(kept_.count());
}

std::vector<model::ReceiveShown> Receives::list() const {
  const std::lock_guard lock(mutex_);
  std::map<std::uint64_t, const model::ReceiveShown*> ordered;
  for (const auto& [id, entry] : entries_) ordered[entry.number] = &entry.shown;
  std::vector<model::ReceiveShown> receives;
  receives.reserve(ordered.size());
  for (const auto& [number, shown] : ordered) receives.push_back(*shown);
  return receives;
}

Receives::Entry* Receives::entry_of(const model::ReceiveId& id) {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

Result<model::ReceiveShown> Receives::find(const model::ReceiveId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return no_such(id);
  return found->second.shown;
}

std::optional<model::Guid> Receives::guid_left(const model::ReceiveId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  return found == entries_.end() ? std::nullopt : found->second.guid_left;
}

Result<Receives::Turn> Receives::take_turn(const model::ReceiveId& id, model::JobId job) {
  const std::lock_guard lock(mutex_);
  Entry* entry = entry_of(id);
  if (!entry) return no_such(id);
  if (entry->shown.state == model::ReceiveState::receiving) return in_turn(id);
  entry->shown.state = model::ReceiveState::receiving;
  entry->shown.job = job;
  return Turn(*this, id, entry->key);
}

Receives::Turn::~Turn() {
  if (!receives_) return;
  const std::lock_guard lock(receives_->mutex_);
  Entry* entry = receives_->entry_of(id_);
  if (!entry) return;
  entry->shown.state =
      entry->shown.received ? model::ReceiveState::received : model::ReceiveState::waiting;
  receives_->count_from_now(*entry);
  receives_->freed_.notify_all();
}

bool Receives::wait_until_free(const model::ReceiveId& id, std::chrono::seconds longest) {
  std::unique_lock lock(mutex_);
  return freed_.wait_for(lock, longest, [&] {
    const Entry* entry = entry_of(id);
    return !entry || entry->shown.state != model::ReceiveState::receiving;
  });
}

void Receives::Turn::note(const model::SnapshotName& snapshot, std::optional<model::Guid> left) {
  const std::lock_guard lock(receives_->mutex_);
  Entry* entry = receives_->entry_of(id_);
  if (!entry) return;
  entry->shown.snapshot = snapshot;
  entry->shown.received.reset();
  // One that is refused does not take away what another has left before.
  if (left) entry->guid_left = left;
}

void Receives::Turn::note_received(model::Received received) {
  const std::lock_guard lock(receives_->mutex_);
  Entry* entry = receives_->entry_of(id_);
  if (!entry) return;
  entry->shown.received = std::move(received);
  entry->guid_left.reset();
}

Result<Nothing> Receives::forget(const model::ReceiveId& id) {
  const std::lock_guard lock(mutex_);
  const Entry* entry = entry_of(id);
  if (!entry) return no_such(id);
  if (entry->shown.state == model::ReceiveState::receiving) return in_turn(id);
  entries_.erase(id);
  return Nothing{};
}

bool Receives::tidy() {
  const std::uint64_t now = model::now().seconds;
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [now](const auto& item) {
    return item.second.shown.state != model::ReceiveState::receiving &&
           item.second.shown.expires.seconds < now;
  });
  return !entries_.empty();
}

}  // namespace zfsrest::ops
