// What a stream that broke off has left of a receive.
#pragma once

#include "model/receive.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

// Nothing if it has left nothing, or if what is there is another stream's.
Result<std::optional<model::PartialReceive>> read_leftover(Context& context,
                                                           const model::ReceiveShown& receive);

}  // namespace zfsrest::ops
