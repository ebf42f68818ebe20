// From a request frame to its answer: identify, decode, authorise, run on the right workers, keep
// to the deadline.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "agent/deadlines.hpp"
#include "agent/lanes.hpp"
#include "agent/prepared.hpp"
#include "agent/reply.hpp"
#include "auth/callers.hpp"
#include "config/settings.hpp"
#include "zfs/device.hpp"

namespace zfsrest::agent {

class Dispatcher {
 public:
  Dispatcher(const config::Settings& settings, auth::Callers& callers);

  // Takes a request and returns at once; the answer goes to `channel` when there is one.
  void dispatch(const std::shared_ptr<link::Channel>& channel, const link::Frame& frame);

  // Waits for what runs, at most so long.
  void wait_idle(std::chrono::milliseconds longest) { lanes_.wait_idle(longest); }

 private:
  enum class Shape : std::uint8_t { document, lines };
  using Clock = std::chrono::steady_clock;

  // One request on its way. It belongs to its task, and is gone when that has ended.
  struct Job {
    Prepared prepared;
    Shape shape;
    std::shared_ptr<Reply> reply;
    // Each piece of a list has a deadline of its own, and moves this one.
    std::atomic<Clock::time_point> deadline;
  };

  Result<std::shared_ptr<Job>> receive(const json::Object& request, std::shared_ptr<Reply> reply,
                                       const Entry& entry);
  void start(const std::shared_ptr<Job>& job);
  void start_on_pool(const std::shared_ptr<Job>& job, api::Lane lane,
                     const std::shared_ptr<Task>& task);
  void submit(Workers& workers, const std::shared_ptr<Job>& job, std::shared_ptr<Task> task);
  void run(Job& job);
  void run_list(Job& job, ops::Context& context);
  void keep_deadline(const std::shared_ptr<Job>& job, const std::shared_ptr<Task>& task);
  void pass_deadline(Job& job, const std::shared_ptr<Task>& task);
  void tidy_later();

  Result<ops::Context> context(Job& job);
  // The workers of a pool that the kernel lists, made if they are not there yet.
  Result<std::shared_ptr<Workers>> workers_of(const std::string& pool, api::Lane lane);
  Result<Nothing> run_on_pool(Job& job, const std::string& pool, std::function<void()> work);

  const config::Settings& settings_;
  auth::Callers& callers_;
  zfs::Device device_;
  ops::TreeLocks trees_;
  ops::LastSeen seen_;
  Lanes lanes_;
  Deadlines deadlines_;
};

}  // namespace zfsrest::agent
