// Base64 (RFC 4648): for URLs and without padding, and the usual kind.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zfsrest {

// In the alphabet for URLs, without padding (section 5).
std::string base64url(std::string_view bytes);

// Nothing if `text` is not what base64url() writes.
std::optional<std::string> parse_base64url(std::string_view text);

// In the usual alphabet, padded (section 4). False if `text` is not exactly that many bytes, or is
// written in another way than there is one.
bool parse_base64(std::string_view text, std::span<char> bytes);

}  // namespace zfsrest
