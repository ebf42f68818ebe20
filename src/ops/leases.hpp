// The leases that temporary holds end with. Each has an open file description of /dev/zfs of its
// own, to whose last close the kernel has tied the holds; so they end with the agent as well.
//
// Others can release those holds. What a lease is said to hold is what it held when it was last
// looked at, which every renewal does; one that is found to hold nothing any more is over.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/hold.hpp"
#include "ops/ties.hpp"
#include "os/fd.hpp"
#include "zfs/device.hpp"

namespace zfsrest::ops {

class Leases {
 public:
  using Clock = std::chrono::steady_clock;

  Leases(zfs::Device& device, std::size_t most_of_one_pool)
      : device_(device), most_of_one_pool_(most_of_one_pool) {}

  // The beginning of a lease: its device is open, and holds can be tied to it. If it never begins,
  // the device is closed with the object.
  class Opening {
   public:
    Opening(Opening&& other) noexcept
        : leases_(std::exchange(other.leases_, nullptr)), id_(std::move(other.id_)) {}
    Opening& operator=(Opening&&) = delete;
    ~Opening();

    int fd() const;
    // With the holds that were just tied to it. If it fails they are released, as soon as the pool
    // lets go of them.
    Result<model::Lease> begin(const zfs::Handle& handle, std::vector<model::SnapshotTag> holds,
                               std::uint32_t seconds) &&;

   private:
    friend class Leases;
    Opening(Leases& leases, std::string id) : leases_(&leases), id_(std::move(id)) {}

    Leases* leases_;
    std::string id_;
  };

  // Fails with `overloaded` if the pool has as many leases as it may have.
  Result<Opening> open(const std::string& pool);

  // Oldest first, those that are ending included, as they were last looked at.
  std::vector<model::Lease> list() const;

  // These fail with `not_found` if there is no such lease, or none any more.
  //
  // Looks at what the lease holds.
  Result<model::Lease> read(const model::LeaseId& id);
  // The same after it was made to last longer, as it is even if the pool cannot be looked at.
  Result<model::Lease> renew(const model::LeaseId& id, std::optional<std::uint32_t> seconds);
  // Waits for the pool to let go of the holds. Fails with `busy` if someone else waits already, or
  // if a hold of somebody else's would go as well; a suspended pool lets go of nothing, and the
  // lease stays.
  Result<Nothing> end(const model::LeaseId& id);

  // Those of `holds`, which are on one pool, that the end of a lease releases or would release if
  // they existed.
  struct Tied {
    model::SnapshotTag hold;
    model::LeaseId lease;
  };
  Result<std::vector<Tied>> find_tied(const zfs::Handle& handle,
                                      const std::vector<model::SnapshotTag>& holds) const;
  // Some of those were released: ends the leases that hold nothing any more.
  void settle(const std::vector<Tied>& tied);
  // The pool is gone, and all of its holds are.
  void forget(const std::string& pool);

  // Takes what ends a lease and waits for its pool to do so; false if it cannot be done now.
  using Submit = std::function<bool(const std::string& pool, std::function<void()> end)>;
  // Hands over those whose time is up; those that could not be ended are handed over the next time.
  // Whether there are any still.
  bool end_expired(const Submit& submit);
  void end_all(const Submit& submit);

 private:
  enum class Stage : std::uint8_t { opening, running, ending };

  struct Entry {
    model::Lease lease;
    os::Fd fd;
    Clock::time_point ends;
    Stage stage = Stage::opening;
    Ties ties{};

    bool is_over() const { return stage == Stage::ending || Clock::now() >= ends; }
    model::Lease shown() const;
    void count_from_now();
    void expire();
  };
  using Entries = std::map<std::string, Entry>;

  // The entry of a lease that has begun; the lock is held.
  const Entry* find_begun(const model::LeaseId& id) const;
  Entry* find_begun(const model::LeaseId& id);
  template <class Condition>
  void end_those(const Submit& submit, const Condition& condition);
  // Ends an entry that nobody else ends.
  Result<Nothing> finish(const std::string& id, const std::string& pool);
  Result<Nothing> check_closable(const std::string& id, const std::string& pool);
  void close(const std::string& id);

  zfs::Device& device_;
  const std::size_t most_of_one_pool_;
  mutable std::mutex mutex_;
  Entries entries_;
};

}  // namespace zfsrest::ops
