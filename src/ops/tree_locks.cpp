#include "ops/tree_locks.hpp"

#include <fmt/format.h>

#include "model/tree.hpp"

namespace zfsrest::ops {
namespace {

// Longer than most changes take, and short enough that a worker is not kept from others by it.
constexpr auto patience = std::chrono::seconds(2);
// Half as many as a pool has workers for what changes something, so that what nobody is in the way
// of finds one.
constexpr std::size_t most_waiting = 16;

// They are all of one.
std::string pool_of(const std::vector<Tree>& trees) {
  const std::string& name = trees.front().name;
  return name.substr(0, name.find('/'));
}

bool conflict(const Tree& one, const Tree& other) {
  return (one.touch == Touch::change || other.touch == Touch::change) &&
         (model::is_in_tree(one.name, other.name) || model::is_in_tree(other.name, one.name));
}

}  // namespace

TreeLocks::Hold::~Hold() {
  if (!locks_) return;
  {
    const std::lock_guard lock(locks_->mutex_);
    locks_->held_.erase(place_);
  }
  locks_->changed_.notify_all();
}

const Tree* TreeLocks::find_conflict(const std::vector<Tree>& trees, const Hold* own) const {
  for (auto others = held_.begin(); others != held_.end(); ++others) {
    if (own && others == own->place_) continue;
    for (const Tree& other : *others)
      for (const Tree& tree : trees)
        if (conflict(tree, other)) return &tree;
  }
  return nullptr;
}

Result<TreeLocks::Hold> TreeLocks::hold(std::vector<Tree> trees, const Hold* own) {
  std::unique_lock lock(mutex_);
  const auto is_free = [&] { return !find_conflict(trees, own); };
  if (!is_free()) {
    std::size_t& waiting = waiting_[pool_of(trees)];
    if (waiting < most_waiting) {
      ++waiting;
      changed_.wait_for(lock, patience, is_free);
      --waiting;
    }
  }
  if (const Tree* tree = find_conflict(trees, own)) {
    return Error{.code = Code::busy,
                 .subject = tree->name,
                 .detail = fmt::format("another request is changing {}; this one was not begun",
                                       tree->name)};
  }
  return Hold(*this, held_.insert(held_.end(), std::move(trees)));
}

}  // namespace zfsrest::ops
