// Snapshots that are destroyed as soon as nothing needs them any more: those that were destroyed
// with `defer` while a hold or a clone kept them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/hold.hpp"
#include "model/plan.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

// What becomes of snapshots that are destroyed with `defer`; what they free is left open.
Result<model::Plan> plan_of_deferring(const Context& context, const zfs::Handle& handle,
                                      const std::vector<std::string>& snapshots);

// How much of what keeps a snapshot ends.
struct Ending {
  std::uint64_t holds = 0;
  std::uint64_t clones = 0;
};
// Those of the snapshots that go with it. What does not exist is passed over.
Result<std::vector<std::string>> find_going(const Context& context, const zfs::Handle& handle,
                                            const std::map<std::string, Ending>& endings);

// What the release of holds destroys; those that do not exist are passed over.
Result<model::Plan> plan_of_release(const Context& context, const zfs::Handle& handle,
                                    const std::vector<model::SnapshotTag>& holds);

}  // namespace zfsrest::ops
