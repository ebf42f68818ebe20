// The refusal of what the running release does not have, where the kernel would call it a bad
// value.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "ops/context.hpp"

namespace zfsrest::ops {

// `what` is the subject of a sentence: "a scrub from the last txg".
inline Result<Nothing> check_release(const Context& context, model::Release since,
                                     std::string_view what) {
  if (context.release >= since) return Nothing{};
  return Error::of(Code::not_in_this_release,
                   fmt::format("{} needs OpenZFS {}", what, model::to_string(since)));
}

}  // namespace zfsrest::ops
