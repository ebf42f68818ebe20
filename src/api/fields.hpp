// What every declaration needs, under the names in which declarations are written.
#pragma once

#include <cerrno>

#include "api/operation.hpp"
#include "api/spots.hpp"
#include "api/well_declared.hpp"
#include "describe/codec.hpp"
#include "describe/field.hpp"

namespace zfsrest::api {

using describe::optional;
using describe::required;

// The kernel answers a write on a read-only pool so, whatever the operation.
inline constexpr ErrnoRule read_only_pool{EROFS, Code::wrong_state,
                                          "The pool is imported read-only."};

// How many items a page of a list may ask for.
inline constexpr std::uint32_t largest_page = 10'000;

inline void check_limit(std::optional<std::uint32_t> limit, const describe::Spot& query) {
  if (limit && (*limit < 1 || *limit > largest_page))
    query.key("limit").fault("limit is from 1 to 10000");
}

}  // namespace zfsrest::api
