// Parents that are created on request before something is put below them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

// Runs `step` after the missing parents of `name` were created; if it fails, the error lists them
// as applied.
template <class Step>
Result<Nothing> below_parents(const zfs::Handle& handle, const model::DatasetName& name,
                              const Step& step) {
  std::vector<std::string> created = TRY(zfs::create_parents(handle, name));
  auto done = step();
  if (!done.ok())
    done.error().applied.insert(done.error().applied.begin(), created.begin(), created.end());
  return done;
}

}  // namespace zfsrest::ops
