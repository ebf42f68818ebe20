// Who waits for a job, so that the gateway can say when that is over before its time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "base/hurry.hpp"
#include "link/channel.hpp"

namespace zfsrest::agent {

// Safe to use from several threads. It outlives what it returns.
class Hurries {
 public:
  // Of the request of that number on that channel; it is known for as long as it is kept.
  std::shared_ptr<Hurry> make(std::shared_ptr<link::Channel> channel, std::uint64_t id);

  // Says it to that request, if it still waits.
  void say(const std::shared_ptr<link::Channel>& channel, std::uint64_t id);

 private:
  // Each gateway counts its requests anew.
  using Key = std::pair<std::shared_ptr<link::Channel>, std::uint64_t>;

  void forget(const Key& key);

  std::mutex mutex_;
  std::map<Key, std::weak_ptr<Hurry>> hurries_;
};

}  // namespace zfsrest::agent
