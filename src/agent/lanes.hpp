// Which workers an operation runs on: sets of the pool that it names, or the general ones.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/workers.hpp"
#include "api/operation.hpp"

namespace zfsrest::agent {

class Lanes {
 public:
  // `queue` and `jobs`: how many operations and jobs may wait for one set of workers; `transfers`:
  // how many streams of ZFS may be under way.
  Lanes(std::size_t queue, std::size_t jobs, std::size_t transfers);

  Workers& general() { return *general_; }
  Workers& streams() { return *streams_; }
  // For lists of many objects as documents, which wait for pieces of them.
  Workers& pages() { return *pages_; }
  // For what is sent and received, which takes as long as the client does.
  Workers& transfers() { return *transfers_; }
  // For passphrases, which keep a processor busy and nothing else waiting.
  Workers& stretching() { return *stretching_; }

  // The workers of a pool, if they exist: they are made once the kernel has listed the pool, so
  // that names of pools that do not exist cost nothing.
  std::shared_ptr<Workers> find(const std::string& pool, api::Lane lane) const;
  std::shared_ptr<Workers> make(const std::string& pool, api::Lane lane);

  // Lets go of the workers of pools that have been left alone for a while. Whether there are
  // others.
  bool forget_unused();

  // Waits until nothing runs any more, at most so long.
  void wait_idle(std::chrono::milliseconds longest);

 private:
  struct Pool {
    std::shared_ptr<Workers> read, list, write, rescue, job, wait, lease;
    std::shared_ptr<Workers> of(api::Lane lane) const;
    std::vector<std::shared_ptr<Workers>> all() const {
      return {read, list, write, rescue, job, wait, lease};
    }
  };

  // Those of no pool.
  std::vector<std::shared_ptr<Workers>> common() const {
    return {general_, streams_, pages_, transfers_, stretching_};
  }

  std::size_t queue_;
  std::size_t jobs_;
  std::shared_ptr<Workers> general_;
  std::shared_ptr<Workers> streams_;
  std::shared_ptr<Workers> pages_;
  std::shared_ptr<Workers> transfers_;
  std::shared_ptr<Workers> stretching_;
  mutable std::mutex mutex_;
  std::map<std::string, Pool> pools_;
};

}  // namespace zfsrest::agent
