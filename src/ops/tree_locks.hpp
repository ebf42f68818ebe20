// Which datasets requests are changing now, so that the steps of one do not fall between those of
// another. Other tools know nothing of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace zfsrest::ops {

// `step`: one call that the kernel makes atomic; any number go on side by side. `change`: several
// calls that belong together; nothing else goes on in the tree meanwhile.
enum class Touch : std::uint8_t { step, change };

// A dataset or pool with all that is below it.
struct Tree {
  std::string name;
  Touch touch;
};

class TreeLocks {
 public:
  // Holds trees until it is gone.
  class Hold {
   public:
    Hold(Hold&& other) noexcept
        : locks_(std::exchange(other.locks_, nullptr)), place_(other.place_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold();

   private:
    friend class TreeLocks;
    using Place = std::list<std::vector<Tree>>::const_iterator;
    Hold(TreeLocks& locks, Place place) : locks_(&locks), place_(place) {}

    TreeLocks* locks_;
    Place place_;
  };

  // Takes all of them at once, or fails with `busy` if others change one of them for too long, or
  // if many wait for the same pool's already. `own` is what the same request holds already, and
  // stands in nobody's way.
  Result<Hold> hold(std::vector<Tree> trees, const Hold* own = nullptr);

 private:
  const Tree* find_conflict(const std::vector<Tree>& trees, const Hold* own) const;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::vector<Tree>> held_;
  std::map<std::string, std::size_t> waiting_;  // by pool
};

// The locks as one request uses them.
class TreeAccess {
 public:
  explicit TreeAccess(TreeLocks& locks, const TreeLocks::Hold* own = nullptr)
      : locks_(&locks), own_(own) {}
  Result<TreeLocks::Hold> hold(std::vector<Tree> trees) const {
    return locks_->hold(std::move(trees), own_);
  }

 private:
  TreeLocks* locks_;
  const TreeLocks::Hold* own_;
};

}  // namespace zfsrest::ops
