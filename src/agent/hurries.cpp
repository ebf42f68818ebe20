#include "agent/hurries.hpp"

namespace zfsrest::agent {

std::shared_ptr<Hurry> Hurries::make(std::shared_ptr<link::Channel> channel, std::uint64_t id) {
  const Key key(std::move(channel), id);
  const auto owned = std::make_shared<Hurry>();
  std::shared_ptr<Hurry> hurry(owned.get(), [this, key, owned](Hurry*) { forget(key); });
  const std::lock_guard lock(mutex_);
  hurries_[key] = hurry;
  return hurry;
}

// What it brings about may end it, and so is done without the lock.
void Hurries::say(const std::shared_ptr<link::Channel>& channel, std::uint64_t id) {
  std::unique_lock lock(mutex_);
  const auto found = hurries_.find({channel, id});
  const auto hurry = found == hurries_.end() ? nullptr : found->second.lock();
  lock.unlock();
  if (hurry) hurry->say();
}

void Hurries::forget(const Key& key) {
  const std::lock_guard lock(mutex_);
  hurries_.erase(key);
}

}  // namespace zfsrest::agent
