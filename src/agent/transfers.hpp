// Streams of ZFS on their way between the kernel and the gateway: each is a job, has a pipe, and
// keeps a worker for as long as it takes.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "agent/call.hpp"
#include "agent/shared.hpp"
#include "link/channel.hpp"

namespace zfsrest::agent {

// Safe to use from several threads. It outlives its transfers.
class Transfers {
 public:
  explicit Transfers(Shared& shared) : shared_(shared) {}

  // Checks what a request asks for, and begins it if there is room.
  void begin(const std::shared_ptr<Call>& call);

  // The client of that request is gone.
  void abandon(const std::shared_ptr<link::Channel>& channel, std::uint64_t id);
  // So are all that came by this channel.
  void abandon_all(const std::shared_ptr<link::Channel>& channel);
  // The daemon ends.
  void cancel_all();
  // So many bytes of the body of that request have come.
  void note_moved(const std::shared_ptr<link::Channel>& channel, std::uint64_t id,
                  std::uint64_t bytes);

 private:
  // Each gateway counts its requests anew.
  using Key = std::pair<std::shared_ptr<link::Channel>, std::uint64_t>;
  // One that is under way, as far as others need to know it.
  struct Running {
    std::shared_ptr<Call> call;
    model::JobId job;
    std::optional<std::uint64_t> total_bytes;
    int pipe = -1;
    std::atomic<bool> is_over = false;
  };

  void carry_out(const std::shared_ptr<Call>& call, model::StreamHead head);
  Result<Outcome> perform(const std::shared_ptr<Running>& running, os::Pipe pipe,
                          const std::string& head);
  Result<Outcome> make_call(Running& running);
  bool wait_drained(const Running& running) const;
  Error why_canceled() const;
  void end(Running& running, const Result<Outcome>& outcome);
  void sample_later(const std::shared_ptr<Running>& running);
  void sample(const std::shared_ptr<Running>& running);
  void report(const Running& running, std::uint64_t bytes);
  template <class Wanted>
  void cancel_if(const Wanted& wanted);
  std::shared_ptr<Running> find(const Key& key);

  Shared& shared_;
  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Running>> running_;
  std::atomic<bool> is_ending_ = false;
};

}  // namespace zfsrest::agent
