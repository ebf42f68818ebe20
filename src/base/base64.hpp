// Base64 in the alphabet for URLs, without padding (RFC 4648, section 5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zfsrest {

std::string base64url(std::string_view bytes);

// Nothing if `text` is not what base64url() writes.
std::optional<std::string> parse_base64url(std::string_view text);

}  // namespace zfsrest
