// What an interrupted receive has left, where there must be such.
#pragma once

#include "model/partial_receive.hpp"
#include "model/plan.hpp"
#include "ops/context.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {

// Fails with not_found if the dataset has nothing of the kind.
Result<zfs::PartialReceive> read_partial(const zfs::Handle& handle, const std::string& dataset);

// What would be gone with it.
Result<model::Plan> plan_of_destroying(const Context& context, const zfs::Handle& handle,
                                       const zfs::PartialReceive& partial);

model::PartialReceive document_of(const std::string& dataset, const zfs::PartialReceive& partial);

}  // namespace zfsrest::ops
