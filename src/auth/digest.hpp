// A short name for a long text: the same for the same text, and never the same for two.
#pragma once

#include <string>
#include <string_view>

namespace zfsrest::auth {

// The first 128 bits of its SHA-256, in hexadecimal.
std::string digest_of(std::string_view text);

}  // namespace zfsrest::auth
