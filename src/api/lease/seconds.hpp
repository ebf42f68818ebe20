// How long a lease may last.
#pragma once

#include <cstdint>
#include <optional>

#include "describe/report.hpp"
#include "model/hold.hpp"

namespace zfsrest::api {

inline void check_lease_seconds(std::optional<std::uint32_t> seconds, const describe::Spot& spot) {
  if (seconds && (*seconds < 1 || *seconds > model::most_lease_seconds))
    spot.fault("a lease lasts from 1 to 86400 seconds");
}

}  // namespace zfsrest::api
