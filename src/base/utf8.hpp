// Whether bytes are UTF-8, the only text that JSON can carry.
#pragma once

#include <string_view>

namespace zfsrest {

// As RFC 3629 has it: no overlong forms, no surrogates, nothing beyond Unicode.
bool is_utf8(std::string_view bytes);

}  // namespace zfsrest
