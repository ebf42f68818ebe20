// What an operation notes before it begins, so that ZFS can be asked afterwards what became of it.
#pragma once

#include <optional>

#include "ops/work.hpp"

namespace zfsrest::ops {

template <class Evidence>
json::Object encode_evidence(const Evidence& evidence) {
  return std::move(describe::encode(evidence).as_object());
}

// Nothing if it is no such evidence: another version of the daemon has noted it.
template <class Evidence>
std::optional<Evidence> decode_evidence(const json::Object& noted) {
  describe::Report report;
  return describe::decode<Evidence>(json::Value(noted), describe::Spot(report, "evidence"));
}

// The pool that there is now is not the one on which the job began.
inline Finding another_pool() {
  return {.state = model::JobState::undetermined,
          .error = Error::of(Code::interrupted,
                             "the pool was destroyed meanwhile, or another has its name now")};
}

}  // namespace zfsrest::ops
