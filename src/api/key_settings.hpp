// What a request that creates a file system or volume may say of its encryption.
#pragma once

#include <cstdint>
#include <optional>

#include "describe/report.hpp"
#include "model/key.hpp"
#include "model/property_json.hpp"

namespace zfsrest::api {

// A pool's root file system has no parent whose key and cipher it could inherit.
enum class Inherits : std::uint8_t { nothing, from_parent };

// Notes what does not go together at the places of the key and of the properties.
void check_key_settings(const std::optional<model::Key>& key,
                        const model::PropertySettings& properties, Inherits inherits,
                        const describe::Spot& key_spot, const describe::Spot& properties_spot);

}  // namespace zfsrest::api
