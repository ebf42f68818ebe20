// Where neither an errno nor /sys/module/zfs tells what the running release does: what it does, by
// its version. Each row has its reason and its test. (What properties, features and their values
// came with, is in the tables of model/; what operations and their fields came with, in their
// declarations.)
#pragma once

#include "model/release.hpp"

namespace zfsrest::zfs {

// The releases that behave so, from the first to the one that does so no more.
struct Span {
  model::Release since;
  model::Release before;

  constexpr bool has(model::Release release) const { return since <= release && release < before; }
};

// Others refuse to destroy a pool with an open volume. These tell the volume's users that it goes
// away and then wait for the last of them, in a way that nothing ends, while the pool is of no use
// to anybody. Test: Volumes.OneThatIsInUseIsNotDestroyed of tests/kernel.
inline constexpr Span destruction_waits_for_open_volumes{model::release_2_2, model::release_2_4};

// Clearing a suspended pool with `multihost` is refused by all of these, and each try leaves the
// pool held, so that it can't be exported any more. Others look whether another host has it. No
// test: it takes two hosts.
inline constexpr Span clearing_multihost_holds_the_pool{model::release_2_1, model::release_2_2};

}  // namespace zfsrest::zfs
