// Digests of texts: the same for the same text, and never the same for two.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace zfsrest::auth {

using Sha256 = std::array<unsigned char, 32>;
Sha256 sha256_of(std::string_view text);

// A short name for a long text: the first 128 bits of its SHA-256, in hexadecimal.
std::string digest_of(std::string_view text);

}  // namespace zfsrest::auth
