// Random bytes that nobody can guess.
#pragma once

#include <string>

namespace zfsrest::os {

// `bytes` random bytes, each as two hexadecimal digits.
std::string random_hex(std::size_t bytes);

}  // namespace zfsrest::os
