// How lists are cut into pieces of work, so that they keep nobody waiting for long.
#pragma once

#include <chrono>
#include <cstddef>

namespace zfsrest::ops {

// A piece ends after so many objects, or so much time: other readers of the pool wait for no
// longer. The first is small, so that the first rows come soon.
inline constexpr std::size_t first_piece = 1, most_in_piece = 256;
inline constexpr auto longest_piece = std::chrono::milliseconds(50);
// How many pieces of one list are under way at once, where none waits for a worker: each has a
// deadline, and those that are needed come first.
inline constexpr std::size_t pieces_at_once = 3;
// How many may be under way or wait for those before them, whose objects lie in memory.
inline constexpr std::size_t pieces_ahead = 6;

}  // namespace zfsrest::ops
