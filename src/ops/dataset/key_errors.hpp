// Why a dataset cannot be the subject of an operation on keys.
#pragma once

#include <optional>
#include <string>

#include "zfs/key.hpp"

namespace zfsrest::ops {

// The dataset is not encrypted, or its key is that of another; nothing if it is an encryption root.
std::optional<Error> find_no_root(const zfs::KeyState& state, const std::string& dataset);

// The kernel's refusal, with that in its place where it applies.
Error explain_no_root(const zfs::Handle& handle, const std::string& dataset, Error refused);

}  // namespace zfsrest::ops
