// The header field `Prefer` (RFC 7240), as far as it is heeded.
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

namespace zfsrest::gateway {

// Nobody waits longer; one who wants to asks again.
inline constexpr std::chrono::seconds longest_wait{3600};

// What `wait=N` in the values of the field says, at most the longest; 0 if it says nothing, or
// nothing that makes sense: a preference may be passed over.
std::chrono::seconds wait_of(const std::vector<std::string_view>& values);

}  // namespace zfsrest::gateway
