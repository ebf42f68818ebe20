// The floor under every benchmark: a loop over the ioctls that an operation needs, with nothing
// else. What they answer is not even unpacked.
//
//   raw-ioctls get DATASET COUNT              the statistics and properties of one dataset, again
//                                             and again; prints the median in microseconds
//   raw-ioctls snapshots|datasets all|names DATASET
//                                             those below a dataset; `names` as the kernel's
//                                             cheapest way gives them. Prints how many there are
//                                             and the seconds
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zfs/command.hpp"

namespace {

using zfsrest::zfs::Command;
using zfsrest::zfs::Ioctl;
using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "raw-ioctls: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

class Loop {
 public:
  Loop() : device_(::open("/dev/zfs", O_RDWR | O_CLOEXEC)), answer_(65536) {
    if (device_ < 0) fail("/dev/zfs");
  }

  // Whether there was something, as lists end with ESRCH.
  bool ask(Ioctl number, Command& command) {
    for (;;) {
      command.nvlist_dst = reinterpret_cast<std::uint64_t>(answer_.data());
      command.nvlist_dst_size = answer_.size();
      if (::ioctl(device_, static_cast<unsigned long>(number), &command) == 0) return true;
      if (errno == ESRCH) return false;
      if (errno != ENOMEM) fail(command.name);
      answer_.resize(answer_.size() * 2);
    }
  }

  double median_get_us(const std::string& dataset, std::size_t count) {
    std::vector<double> times;
    times.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto command = named(dataset);
      const auto begun = Clock::now();
      ask(Ioctl::objset_stats, *command);
      ask(Ioctl::objset_zplprops, *command);
      times.push_back(seconds_since(begun) * 1e6);
    }
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(count / 2));
    return times[count / 2];
  }

  std::size_t walk(const std::string& dataset, bool of_snapshots, bool names_only) {
    std::size_t found = 0;
    if (of_snapshots)
      each(Ioctl::snapshot_list_next, dataset, names_only, [&](const char*) { ++found; });
    each(Ioctl::dataset_list_next, dataset, names_only || of_snapshots, [&](const char* child) {
      // The kernel's own are hidden by a `$` or `%` in the name.
      if (std::string_view(child).find_first_of("$%") != std::string_view::npos) return;
      found += (of_snapshots ? 0 : 1) + walk(child, of_snapshots, names_only);
    });
    return found;
  }

 private:
  static std::unique_ptr<Command> named(const std::string& name) {
    auto command = std::make_unique<Command>();
    name.copy(command->name, sizeof command->name - 1);
    return command;
  }
  template <class Visit>
  void each(Ioctl number, const std::string& dataset, bool names_only, const Visit& visit) {
    const auto command = named(dataset);
    command->simple = names_only ? 1 : 0;
    while (ask(number, *command)) {
      visit(command->name);
      dataset.copy(command->name, sizeof command->name - 1);
      command->name[dataset.size()] = '\0';
    }
  }

  int device_;
  std::vector<char> answer_;
};

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.size() != 3) {
    std::fprintf(stderr, "raw-ioctls: see the top of its source\n");
    return 2;
  }
  Loop loop;
  if (arguments[0] == "get") {
    std::printf("%.1f\n", loop.median_get_us(arguments[1], std::stoul(arguments[2])));
    return 0;
  }
  const auto begun = Clock::now();
  const std::size_t found =
      loop.walk(arguments[2], arguments[0] == "snapshots", arguments[1] == "names");
  std::printf("%zu %.6f\n", found, seconds_since(begun));
  return 0;
}
