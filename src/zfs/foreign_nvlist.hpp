// Packed nvlists that strangers wrote: on disks, and in tokens. libnvpair trusts the native form,
// and reads past its end if that lies; so it is judged before.
#pragma once

#include <optional>
#include <span>

#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// The first byte of every packed list: which form it has.
inline constexpr char native_encoding = 0;
inline constexpr char xdr_encoding = 1;

// In native form it may hold what tokens hold, flags, numbers, texts and arrays of numbers, and is
// refused with anything else. Empty if it is no nvlist, or is refused.
std::optional<NvList> unpack_foreign(std::span<const char> bytes);

}  // namespace zfsrest::zfs
