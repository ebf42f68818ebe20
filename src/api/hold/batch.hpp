// What batches of holds must keep to: the kernel takes a batch as a whole, within one pool.
#pragma once

#include <vector>

#include "describe/report.hpp"
#include "model/hold.hpp"

namespace zfsrest::api {

// Notes an empty batch, each snapshot that is in another pool than the first, and each hold that
// stands twice.
void check_holds(const std::vector<model::SnapshotTag>& holds, const describe::Spot& spot);

}  // namespace zfsrest::api
