#include "zfs/mount_table.hpp"

#include <charconv>
#include <fstream>

namespace zfsrest::zfs {
namespace {

// What stands before the next mark, or all; it and the mark are taken off.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = text.find(mark);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    unsigned byte = 0;
    const bool is_escape =
        text.size() >= 4 && text[0] == '\\' &&
        std::from_chars(text.data() + 1, text.data() + 4, byte, 8).ptr == text.data() + 4 &&
        byte < 256;
    out += is_escape ? static_cast<char>(byte) : text[0];
    text.remove_prefix(is_escape ? 4 : 1);
  }
  return out;
}

// A line is: id, parent, major:minor, root, mount point, options, any number of fields, "-", type,
// source, options.
std::vector<MountEntry> read_mount_table(const std::string& proc, std::string_view type) {
  std::vector<MountEntry> entries;
  std::ifstream file(proc + "/self/mountinfo");
  for (std::string text; std::getline(file, text);) {
    std::string_view line = text;
    take_until(line, ' ');
    take_until(line, ' ');
    const std::string_view number = take_until(line, ' ');
    const std::string_view root = take_until(line, ' ');
    const std::string_view point = take_until(line, ' ');
    while (!line.empty() && take_until(line, ' ') != "-") {
    }
    const std::string_view own_type = take_until(line, ' ');
    if (!type.empty() && own_type != type) continue;
    entries.push_back({.number = std::string(number),
                       .root = unescape(root),
                       .point = unescape(point),
                       .type = std::string(own_type),
                       .source = unescape(take_until(line, ' '))});
  }
  return entries;
}

}  // namespace zfsrest::zfs
