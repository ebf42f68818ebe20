// The properties of one kind as the running module has them.
#pragma once

#include <vector>

#include "model/property_description.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

// Those that are known, in the order of the tables, then others that the module says it shows.
std::vector<model::PropertyDescription> describe_properties(const Context& context, Release release,
                                                            model::PropertyKind kind);

}  // namespace zfsrest::ops
