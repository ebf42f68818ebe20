// Datasets that come to be together with their mounts, and parents that are created on request
// before something is put below them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/dataset/mounts.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {

// Makes the dataset and mounts it if it is to be; where that fails there is no dataset.
template <class Make>
Result<Nothing> make_mounted(const zfs::Handle& handle, const std::string& name,
                             model::Release release, const Make& make) {
  TRY(make());
  auto mounted = mount_if_wanted(handle, name, release);
  // What could not be mounted is empty still, or as its origin was.
  if (!mounted.ok())
    if (auto gone = zfs::destroy_dataset(handle, name); !gone.ok())
      mounted.error().applied.push_back(name);
  return mounted;
}

// Runs `step` after the missing parents of `name` were created; if it fails, the error lists them
// as applied.
template <class Step>
Result<Nothing> below_parents(const zfs::Handle& handle, const model::DatasetName& name,
                              model::Release release, const Step& step) {
  const std::vector<std::string> created = TRY(zfs::create_parents(handle, name));
  Result<Nothing> done = Nothing{};
  for (const std::string& parent : created)
    if (done.ok()) done = mount_if_wanted(handle, parent, release);
  if (done.ok()) done = step();
  if (!done.ok())
    done.error().applied.insert(done.error().applied.begin(), created.begin(), created.end());
  return done;
}

}  // namespace zfsrest::ops
