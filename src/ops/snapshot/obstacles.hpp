// What stands in the way of destroying snapshots.
#pragma once

#include <string>
#include <vector>

#include "model/plan.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

// The holds on the named snapshots and the clones of them, as far as the kernel shows them now.
Result<std::vector<model::Obstacle>> read_obstacles(Context& context, const zfs::Handle& handle,
                                                    const std::vector<std::string>& snapshots);

// The error of a destruction of snapshots that was only a step of something else: what the kernel's
// numbers mean is what they mean for `snapshot.destroy_many`.
Error explain_destruction(Error error);

}  // namespace zfsrest::ops
