// What needs an encryption key cannot be made while no key can be given.
#pragma once

#include <string_view>

#include "describe/report.hpp"
#include "model/property_json.hpp"

namespace zfsrest::api {

// Notes the properties that would make an encryption root; `what` begins the sentence.
inline void check_not_encrypted(const model::PropertySettings& properties,
                                const describe::Spot& spot, std::string_view what) {
  for (const char* name : {"encryption", "keyformat", "keylocation", "pbkdf2iters"}) {
    const auto found = properties.find(name);
    if (found != properties.end() && found->second != model::PropertyValue("off"))
      spot.key(name).fault(std::string(what) +
                           " cannot be encrypted, because no key can be given here");
  }
}

}  // namespace zfsrest::api
