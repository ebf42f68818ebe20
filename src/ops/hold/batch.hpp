// Batches of holds: which they are with all that is below, and what became of them.
#pragma once

#include <vector>

#include "model/hold.hpp"
#include "model/skipped.hpp"
#include "ops/context.hpp"
#include "zfs/hold.hpp"

namespace zfsrest::ops {

enum class Reach : std::uint8_t { named, with_all_below };

inline Reach reach_of(bool recursive) {
  return recursive ? Reach::with_all_below : Reach::named;
}

// The datasets that the batch is about, as steps of theirs.
std::vector<Tree> trees_of(const std::vector<model::SnapshotTag>& holds);

// The named holds and those on the snapshots of the same name below, each once; not all of those
// need to exist.
Result<std::vector<model::SnapshotTag>> expand(const zfs::Handle& handle,
                                               const std::vector<model::SnapshotTag>& named,
                                               Reach reach);

struct Outcome {
  std::vector<model::SnapshotTag> done;
  std::vector<model::Skipped> skipped;  // of the named ones
};
Outcome outcome_of(const std::vector<model::SnapshotTag>& all,
                   const std::vector<model::SnapshotTag>& named, const zfs::Absent& absent);

}  // namespace zfsrest::ops
