// Jobs of which ZFS keeps nothing that tells afterwards whether they were done.
#pragma once

#include <string>

#include "ops/work.hpp"

namespace zfsrest::ops {

// That it was begun is all that can be noted.
inline json::Object unjudged_evidence() {
  return {{"begun", true}};
}

// `what` is what nobody knows.
inline Finding unjudged(const std::string& what) {
  return {
      .state = model::JobState::undetermined,
      .error = Error::of(Code::interrupted, "the daemon was interrupted, and ZFS does not tell " +
                                                what + "; to ask again does no harm")};
}

}  // namespace zfsrest::ops
