// What of an object others may change and that a change made on the strength of it should know of:
// its identity, its name and what was set on it. Live figures are not part of it.
#pragma once

#include "json/value.hpp"
#include "model/bookmark.hpp"
#include "model/dataset.hpp"
#include "model/pool.hpp"

namespace zfsrest::model {

json::Value settable_state(const Pool& pool);
json::Value settable_state(const Dataset& dataset);
json::Value settable_state(const Snapshot& snapshot);
json::Value settable_state(const Bookmark& bookmark);

}  // namespace zfsrest::model
