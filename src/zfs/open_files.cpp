#include "zfs/open_files.hpp"

#include <charconv>
#include <filesystem>
#include <tuple>

#include "zfs/first_line.hpp"

namespace zfsrest::zfs {
namespace {

namespace fs = std::filesystem;

// The number that the name is; 0 if it is none.
pid_t process_of(const std::string& name) {
  pid_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  return error == std::errc{} && stop == end ? number : 0;
}

// What goes away meanwhile is passed over. Fails if it may not be looked at.
std::error_code each_entry(const fs::path& directory,
                           const std::function<void(const fs::path&)>& visit) {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    visit(entry->path());
  return error;
}

}  // namespace

std::uint32_t each_open_file(const std::function<void(const OpenFile&)>& visit) {
  std::uint32_t unreadable = 0;
  std::ignore = each_entry("/proc", [&](const fs::path& process) {
    const pid_t number = process_of(process.filename());
    if (number == 0) return;
    const auto failed = each_entry(process / "fd", [&](const fs::path& link) {
      std::error_code gone;
      const fs::path target = fs::read_symlink(link, gone);
      if (!gone) visit({.process = number, .link = link, .target = target});
    });
    if (failed == std::errc::permission_denied) ++unreadable;
  });
  return unreadable;
}

std::string command_of(pid_t process) {
  return read_line("/proc/" + std::to_string(process) + "/comm");
}

}  // namespace zfsrest::zfs
