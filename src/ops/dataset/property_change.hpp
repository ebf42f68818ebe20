// A change of properties together with what it means for mounts.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

struct PropertyChange {
  std::string dataset;
  std::set<std::string> names;
  bool forbids_mounting = false;  // `canmount` becomes off
  std::function<Result<Nothing>()> make;
};

// Makes the change. Around it, file systems are unmounted and mounted where they belong afterwards,
// and live mounts take over what they permit. If the change fails, the mounts are as they were.
Result<Nothing> change_properties(Context& context, const zfs::Handle& handle,
                                  const PropertyChange& change);

}  // namespace zfsrest::ops
