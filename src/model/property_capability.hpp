// Which properties that can be set, and values of them, not every release has: from the tables by
// which a setting is declined.
#pragma once

#include <vector>

#include "model/capabilities.hpp"

namespace zfsrest::model {

std::vector<PropertyCapability> property_capabilities(const Running& running);

}  // namespace zfsrest::model
