// The releases of OpenZFS that matter to us.
#pragma once

#include "base/release.hpp"

namespace zfsrest::model {

using zfsrest::Release;
using zfsrest::to_string;

inline constexpr Release release_2_1{2, 1, 0};
inline constexpr Release release_2_2{2, 2, 0};
inline constexpr Release release_2_3{2, 3, 0};
inline constexpr Release release_2_4{2, 4, 0};

// The oldest release we run on: what it has is simply there.
inline constexpr Release oldest_release = release_2_1;

}  // namespace zfsrest::model
