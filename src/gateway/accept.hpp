// What the client takes (RFC 9110, section 12.5.1).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace zfsrest::gateway {

// The first of `offers` among those that the values of `Accept` rate highest; nothing if they allow
// none. Without any value everything is welcome.
std::optional<std::string_view> choose_media_type(const std::vector<std::string_view>& accept,
                                                  const std::vector<std::string_view>& offers);

// Whether a `Content-Type` is JSON: `application/json`, with `charset=utf-8` at most.
bool is_json(std::string_view content_type);

}  // namespace zfsrest::gateway
