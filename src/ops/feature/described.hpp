// The features of pools as the running module has them.
#pragma once

#include <vector>

#include "model/capabilities.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

// What the module says of itself; where it does not, what its release has. Then those that only the
// module knows.
std::vector<model::Feature> describe_features(const Context& context, Release release);

}  // namespace zfsrest::ops
