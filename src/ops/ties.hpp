// What the kernel does when a description of /dev/zfs is closed to which holds were tied: it
// releases whatever holds those snapshots have by those tags, also one that somebody else made
// after the first was released. It knows the snapshots by their numbers, whatever they are called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/hold.hpp"
#include "zfs/device.hpp"

namespace zfsrest::ops {

struct Tie {
  std::uint64_t snapshot;  // its number in the pool
  model::HoldTag tag;
  std::uint64_t since;  // when the hold was made
};

// An export lets go of all of them, and they are worth nothing after the next import.
struct Ties {
  std::uint64_t load_guid = 0;  // of the pool's import
  std::vector<Tie> ties;
};

// The ties of holds on one pool that were just made. Fails with not_found if one is gone again.
Result<Ties> read_ties(const zfs::Handle& handle, const std::vector<model::SnapshotTag>& holds);

// The holds that a close would release now, by the names that the snapshots have now.
struct TiedHolds {
  std::vector<model::SnapshotTag> own;     // those that were tied
  std::vector<model::SnapshotTag> others;  // made since, with the same tag
};
Result<TiedHolds> read_tied_holds(const zfs::Handle& handle, const std::string& pool,
                                  const Ties& ties);

}  // namespace zfsrest::ops
