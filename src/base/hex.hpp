// Bytes as text, two hexadecimal digits each.
#pragma once

#include <string>
#include <string_view>

namespace zfsrest {

// In lower case.
std::string hex_of(std::string_view bytes);

}  // namespace zfsrest
