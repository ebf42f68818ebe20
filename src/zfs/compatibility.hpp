// The property `compatibility` of a pool: files that name the features which the pool is to keep
// to.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace zfsrest::zfs {

// The features that `value` permits: nothing for "off", which permits all; none for "legacy"; else
// those that every one of the files names, which are separated by commas and lie in one of
// `directories` or are absolute. Fails with bad_request if one cannot be read.
Result<std::optional<std::set<std::string>>> read_compatibility(
    const std::string& value, const std::vector<std::string>& directories = {
                                  "/etc/zfs/compatibility.d", "/usr/share/zfs/compatibility.d"});

}  // namespace zfsrest::zfs
