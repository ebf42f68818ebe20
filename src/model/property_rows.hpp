// What the property tables are made with: common words and ranges, and the order by name for
// look-ups.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "model/property.hpp"

namespace zfsrest::model {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

inline constexpr std::array on_off{IndexWord{"off", 0}, IndexWord{"on", 1}};

// The states of a vdev; of the root vdev they are the pool's.
inline constexpr std::array vdev_state_words{
    IndexWord{"UNKNOWN", 0},  IndexWord{"OFFLINE", 1}, IndexWord{"OFFLINE", 2},
    IndexWord{"REMOVED", 3},  IndexWord{"UNAVAIL", 4}, IndexWord{"FAULTED", 5},
    IndexWord{"DEGRADED", 6}, IndexWord{"ONLINE", 7},
};

// The places of rows, sorted by the rows' names.
template <std::size_t size>
consteval std::array<std::uint16_t, size> order_by_name(const std::array<PropertyRow, size>& rows) {
  std::array<std::uint16_t, size> order{};
  for (std::size_t i = 0; i < size; ++i) order[i] = static_cast<std::uint16_t>(i);
  std::sort(order.begin(), order.end(), [&](std::uint16_t left, std::uint16_t right) {
    return rows[left].name < rows[right].name;
  });
  return order;
}

template <std::size_t size>
const PropertyRow* find_by_name(const std::array<PropertyRow, size>& rows,
                                const std::array<std::uint16_t, size>& order,
                                std::string_view name) {
  const auto found = std::lower_bound(
      order.begin(), order.end(), name,
      [&](std::uint16_t place, std::string_view wanted) { return rows[place].name < wanted; });
  return found != order.end() && rows[*found].name == name ? &rows[*found] : nullptr;
}

}  // namespace zfsrest::model
