// What all requests and jobs of the agent share: the device, the workers, the locks.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "agent/deadlines.hpp"
#include "agent/lanes.hpp"
#include "agent/prepared.hpp"
#include "config/settings.hpp"
#include "jobs/registry.hpp"
#include "ops/context.hpp"
#include "ops/leases.hpp"
#include "ops/receives.hpp"
#include "store/request_journal.hpp"
#include "zfs/device.hpp"

namespace zfsrest::agent {

// The refusal of what no queue has room for.
Error full();

class Shared {
 public:
  using Clock = std::chrono::steady_clock;

  Shared(const config::Settings& chosen, jobs::Registry& registry, store::RequestJournal& journal);

  const config::Settings& settings;
  jobs::Registry& jobs;
  store::RequestJournal& requests;
  zfs::Device device;
  ops::TreeLocks trees;
  ops::LastSeen seen;
  ops::Leases leases;
  ops::Receives receives;
  Lanes lanes;
  Deadlines deadlines;

  // How long the kernel may take about a read, or a piece of a list.
  std::chrono::milliseconds patience() const {
    return std::chrono::milliseconds(settings.read_deadline_ms);
  }

  // The workers of a pool that the kernel lists, made if they are not there yet. It may block.
  // Fails with not_found if there is no such pool.
  Result<std::shared_ptr<Workers>> workers_of(const std::string& pool, api::Lane lane);

  // Runs `work` on a pool's workers and waits for it no longer than is patient; then it goes on by
  // itself, and so must own what it touches. Fails with `deadline`; it is withdrawn if it had not
  // begun.
  Result<std::unique_ptr<ops::Errand>> send(const std::string& pool, api::Lane lane,
                                            std::function<void()> work);

  // Declines what the running OpenZFS has not got. What nothing is missing for is not looked at,
  // and so works without it.
  Result<Nothing> check_available(const Prepared& prepared) const;

  // The locks for one who may hold a tree already.
  ops::TreeAccess trees_of(const std::shared_ptr<ops::TreeLocks::Hold>& own) {
    return ops::TreeAccess(trees, own.get());
  }

  // What an implementation of `operation` is called with.
  Result<ops::Context> context(const api::Operation& operation);

  // Wakes what tidies up: someone has begun to use what must not be kept for longer than it is
  // needed. When all of it is gone, nothing here wakes up any more.
  void stir();

  // Ends a job before its time, and what waits in the kernel for it.
  void cancel(model::JobId id);

  // Ends the leases and waits for that and for what else runs, at most so long. The process's end
  // would close the leases one after the other, and those behind a pool that does not answer never.
  void stop(std::chrono::milliseconds longest);

 private:
  void do_piece(const std::string& pool, const std::function<void()>& piece) const;

  // Ends what waits in the kernel for jobs that are canceled, as long as there are such.
  void interrupt_canceled();
  std::atomic<bool> is_look_due_ = false;

  void tidy_later();
  bool tidy(std::chrono::milliseconds idle);
  std::atomic<bool> is_tidying_ = false;
  std::atomic<bool> is_stirred_ = false;
  // Hands what ends a lease to the workers that its pool has for that.
  bool submit_end(const std::string& pool, std::function<void()> end);
};

}  // namespace zfsrest::agent
