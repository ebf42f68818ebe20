// The change of one dataset's key: what is in its way, and the call.
#pragma once

#include <optional>

#include "api/dataset/key_change.hpp"
#include "zfs/key.hpp"

namespace zfsrest::ops {

// Why the key cannot be changed so, as far as that shows without trying; nothing if nothing does.
Result<std::optional<Error>> find_key_obstacle(const zfs::Handle& handle,
                                               const api::KeyChange& change);

// How the new key is made of what is given, if a key is given.
zfs::Stretching new_stretching(const api::KeyChange& change);

// `key` is what was made of the key that is given. What the kernel refuses is explained.
Result<Nothing> change_key(const zfs::Handle& handle, const api::KeyChange& change,
                           const std::optional<zfs::WrappingKey>& key);

}  // namespace zfsrest::ops
