// Whether a client may set a property so: answered from the tables, before any call into the
// kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"
#include "model/property.hpp"

namespace zfsrest::model {

enum class Moment : std::uint8_t { creation, change, importing };

// The circumstances: what the property is set on, when, and which release will do it.
struct PropertySetting {
  Target target;
  Moment moment;
  Release release;
};

inline constexpr std::size_t most_user_property_name_bytes = 255;
inline constexpr std::size_t most_user_property_value_bytes = 8191;
inline constexpr std::string_view feature_property_prefix = "feature@";
// Properties that users make, on pools and vdevs.
inline constexpr Release other_user_properties_since = release_2_2;

// Lower-case letters, digits and `:` `.` `_` `-`, with a colon among them, at most 255 bytes.
bool is_user_property(std::string_view name);

// Takes the name and value of one native or user property, or of `feature@…` on a pool, and returns
// its kernel form. Fails with bad_request, or with not_in_this_release; `detail` is a sentence that
// names the property. What depends on other properties or on the pool (volsize a multiple of
// volblocksize, a feature being enabled) is left to the kernel.
Result<KernelValue> check_property(std::string_view name, const PropertyValue& value,
                                   const PropertySetting& setting);

}  // namespace zfsrest::model
