#include "zfs/mount_table.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

namespace zfsrest::zfs {

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
std::vector<MountEntry> read_mount_table(const std::string& proc) {
  std::vector<MountEntry> entries;
  std::ifstream file(proc + "/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string id, parent, word;
    MountEntry entry;
    words >> id >> parent >> entry.number >> entry.root >> entry.point;
    while (words >> word && word != "-") {
    }
    words >> entry.type >> entry.source;
    entry.root = unescape(entry.root);
    entry.point = unescape(entry.point);
    entry.source = unescape(entry.source);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace zfsrest::zfs
