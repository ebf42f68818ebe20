// What of an object others may change and that a change made on the strength of it should know of:
// its identity, its name and what was set on it, as JSON. Live figures are not part of it.
#pragma once

#include <string>

#include "model/bookmark.hpp"
#include "model/dataset.hpp"
#include "model/pool.hpp"

namespace zfsrest::model {

std::string settable_state(const Pool& pool);
std::string settable_state(const Dataset& dataset);
std::string settable_state(const Snapshot& snapshot);
std::string settable_state(const Bookmark& bookmark);

}  // namespace zfsrest::model
