// How fast a client wants a stream to go at most.
#pragma once

#include <cstdint>
#include <optional>

#include "api/spots.hpp"

namespace zfsrest::api {

// Slower than this a stream would look stalled to both ends.
inline constexpr std::uint64_t least_bytes_per_second = 1024;

inline void check_rate(std::optional<std::uint64_t> bytes_per_second, const describe::Spot& spot) {
  if (bytes_per_second && *bytes_per_second < least_bytes_per_second)
    spot.key("bytes_per_second").fault("it is at least 1024");
}

}  // namespace zfsrest::api
