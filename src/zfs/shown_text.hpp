// Text from a disk or a mount table, in a form that a message can carry.
#pragma once

#include <string>
#include <string_view>

namespace zfsrest::zfs {

// The text in quotation marks. Control characters, quotation marks, backslashes and what is no
// UTF-8 become \xNN; what is longer than any name may be is cut.
std::string shown(std::string_view text);

}  // namespace zfsrest::zfs
