// The floor under every benchmark: a loop over the ioctls that an operation needs, with nothing
// else. What they answer is not even unpacked.
//
//   raw-ioctls get DATASET COUNT              the statistics and properties of one dataset, again
//                                             and again; prints the median in microseconds
//   raw-ioctls get-behind DATASET COUNT       the same by a third process, which is asked through a
//                                             second: what no daemon of two processes gets below
//   raw-ioctls snapshots|datasets all|stats|names DATASET [THREADS]
//                                             those below a dataset; `stats` without properties,
//                                             `names` as the kernel's cheapest way gives them,
//                                             which before 2.2 are names alone. Several threads
//                                             take the snapshots of one dataset each, and then
//                                             parts of what those with many have. Prints how many
//                                             there are and the seconds
//   raw-ioctls snapshot PREFIX SNAPSHOT COUNT THREADS
//                                             one snapshot of each of so many datasets, whose names
//                                             are the prefix and a number, in a request of its own.
//                                             Prints the seconds
#include <fcntl.h>
#include <libnvpair.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "zfs/command.hpp"
#include "zfs/position.hpp"

namespace {

using zfsrest::zfs::Command;
using zfsrest::zfs::end_of_hashes;
using zfsrest::zfs::hash_in;
using zfsrest::zfs::Ioctl;
using zfsrest::zfs::Position;
using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "raw-ioctls: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

enum class Detail { names, stats, all };

class Loop {
 public:
  Loop() : device_(::open("/dev/zfs", O_RDWR | O_CLOEXEC)), answer_(65536) {
    if (device_ < 0) fail("/dev/zfs");
  }

  // Whether there was something, as lists end with ESRCH.
  bool ask(Ioctl number, Command& command, Detail detail = Detail::all) {
    command.simple = detail == Detail::names ? 1 : 0;
    for (;;) {
      // Without room for properties the kernel leaves them out.
      if (detail == Detail::all) {
        command.nvlist_dst = reinterpret_cast<std::uint64_t>(answer_.data());
        command.nvlist_dst_size = answer_.size();
      }
      if (::ioctl(device_, static_cast<unsigned long>(number), &command) == 0) return true;
      if (errno == ESRCH) return false;
      if (errno != ENOMEM) fail(command.name);
      answer_.resize(answer_.size() * 2);
    }
  }

  void get(const std::string& dataset) {
    const auto command = named(dataset);
    ask(Ioctl::objset_stats, *command);
    ask(Ioctl::objset_zplprops, *command);
  }

  // Calls `visit(name)` for each dataset below this one, parents first.
  template <class Visit>
  void walk(const std::string& dataset, Detail detail, const Visit& visit) {
    each(Ioctl::dataset_list_next, dataset, detail, [&](const std::string& child) {
      // The kernel's own are hidden by a `$` or `%` in the name.
      if (child.find_first_of("$%") != std::string::npos) return;
      visit(child);
      walk(child, detail, visit);
    });
  }

  // Those of one dataset whose hashes begin at `from` and end before `until`, at most so many: how
  // many, and where it stopped short of all.
  struct Counted {
    std::size_t snapshots = 0;
    std::optional<Position> stopped_at{};
  };
  Counted count_snapshots(const std::string& dataset, Detail detail, Position from, Position until,
                          std::size_t most) {
    Counted counted;
    const auto command = named(dataset);
    command->cookie = from;
    while (ask(Ioctl::snapshot_list_next, *command, detail) && hash_in(command->cookie) < until) {
      const std::string snapshot = command->name;
      if (detail == Detail::all) ask_format(snapshot);
      if (++counted.snapshots == most) {
        counted.stopped_at = hash_in(command->cookie) + 1;
        break;
      }
      name_again(*command, dataset);
    }
    return counted;
  }

  // Some properties of file systems, and of their snapshots, take a call of their own.
  void ask_format(const std::string& name) {
    const auto command = named(name);
    ask(Ioctl::objset_zplprops, *command);
  }

  void make_snapshot(const std::string& dataset, const std::string& snapshot) {
    nvlist_t* names = fnvlist_alloc();
    fnvlist_add_boolean(names, (dataset + "@" + snapshot).c_str());
    nvlist_t* input = fnvlist_alloc();
    fnvlist_add_nvlist(input, "snaps", names);
    std::size_t size = 0;
    char* packed = fnvlist_pack(input, &size);
    const auto command = named(dataset.substr(0, dataset.find('/')));
    command->nvlist_src = reinterpret_cast<std::uint64_t>(packed);
    command->nvlist_src_size = size;
    ask(Ioctl::snapshot, *command);
    fnvlist_pack_free(packed, size);
    fnvlist_free(input);
    fnvlist_free(names);
  }

 private:
  static std::unique_ptr<Command> named(const std::string& name) {
    auto command = std::make_unique<Command>();
    name.copy(command->name, sizeof command->name - 1);
    return command;
  }
  template <class Visit>
  void each(Ioctl number, const std::string& dataset, Detail detail, const Visit& visit) {
    const auto command = named(dataset);
    while (ask(number, *command, detail)) {
      visit(command->name);
      name_again(*command, dataset);
    }
  }
  static void name_again(Command& command, const std::string& dataset) {
    dataset.copy(command.name, sizeof command.name - 1);
    command.name[dataset.size()] = '\0';
  }

  int device_;
  std::vector<char> answer_;
};

template <class Work>
double median_us(std::size_t count, const Work& work) {
  std::vector<double> times;
  times.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto begun = Clock::now();
    work();
    times.push_back(seconds_since(begun) * 1e6);
  }
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(count / 2));
  return times[count / 2];
}

// A request and an answer, about as long as those of a GET.
constexpr std::size_t request_bytes = 200;
constexpr std::size_t answer_bytes = 4500;

struct Sockets {
  int near;
  int far;
};

Sockets make_sockets() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  return {.near = ends[0], .far = ends[1]};
}

// Whether all of it came.
bool take(int socket, std::size_t bytes) {
  std::vector<char> room(bytes);
  return ::recv(socket, room.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes);
}

void give(int socket, std::size_t bytes) {
  const std::vector<char> room(bytes);
  if (::send(socket, room.data(), bytes, MSG_NOSIGNAL) != static_cast<ssize_t>(bytes)) fail("send");
}

// A process that answers what comes at `socket`, as long as something does; `work` is between.
template <class Work>
void serve(int socket, int not_its_own, Work work) {
  if (::fork() != 0) return;
  ::close(not_its_own);
  while (take(socket, request_bytes)) {
    work();
    give(socket, answer_bytes);
  }
  ::_exit(0);
}

double median_get_behind_us(const std::string& dataset, std::size_t count) {
  const Sockets behind = make_sockets();
  serve(behind.far, behind.near, [&, loop = std::optional<Loop>()]() mutable {
    if (!loop) loop.emplace();
    loop->get(dataset);
  });
  ::close(behind.far);
  const Sockets before = make_sockets();
  serve(before.far, before.near, [&] {
    give(behind.near, request_bytes);
    if (!take(behind.near, answer_bytes)) ::_exit(1);
  });
  ::close(before.far);
  ::close(behind.near);
  const double median = median_us(count, [&] {
    give(before.near, request_bytes);
    if (!take(before.near, answer_bytes)) fail("the processes behind");
  });
  ::close(before.near);
  return median;
}

// Calls `work(loop, number)` for each number below `count`, on so many threads.
template <class Work>
void share(std::size_t threads, std::size_t count, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> running;
  running.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i)
    running.emplace_back([&] {
      Loop loop;
      for (std::size_t number; (number = next++) < count;) work(loop, number);
    });
}

// The snapshots of all of these: the first of each, and then what is left of those that have more,
// in parts of about twice as many.
std::size_t count_snapshots(const std::vector<std::string>& datasets, Detail detail,
                            std::size_t threads) {
  constexpr std::size_t first = 32;
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  std::atomic<std::size_t> found = 0;
  std::vector<std::optional<Position>> stopped(datasets.size());
  share(threads, datasets.size(), [&](Loop& each, std::size_t number) {
    const Loop::Counted counted =
        each.count_snapshots(datasets[number], detail, 0, end_of_hashes, first);
    found += counted.snapshots;
    stopped[number] = counted.stopped_at;
  });
  struct Part {
    const std::string& dataset;
    Position from;
    Position until;
  };
  std::vector<Part> parts;
  for (std::size_t number = 0; number < datasets.size(); ++number)
    if (stopped[number])
      for (Position from = *stopped[number]; from < end_of_hashes;) {
        const Position until = std::min(from + 2 * *stopped[number], end_of_hashes);
        parts.push_back({.dataset = datasets[number], .from = from, .until = until});
        from = until;
      }
  share(threads, parts.size(), [&](Loop& each, std::size_t number) {
    const Part& part = parts[number];
    found += each.count_snapshots(part.dataset, detail, part.from, part.until, all).snapshots;
  });
  return found;
}

// How many there are below the dataset, and what is its own.
std::size_t list(const std::string& dataset, bool of_snapshots, Detail detail,
                 std::size_t threads) {
  Loop loop;
  std::vector<std::string> datasets{dataset};
  const Detail of_datasets = of_snapshots ? Detail::names : detail;
  loop.walk(dataset, of_datasets, [&](const std::string& child) {
    datasets.push_back(child);
    if (of_datasets == Detail::all) loop.ask_format(child);
  });
  if (!of_snapshots) return datasets.size() - 1;
  return count_snapshots(datasets, detail, threads);
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  if (arguments.size() < 3) {
    std::fprintf(stderr, "raw-ioctls: see the top of its source\n");
    return 2;
  }
  if (arguments[0] == "get") {
    Loop loop;
    std::printf("%.1f\n", median_us(std::stoul(arguments[2]), [&] { loop.get(arguments[1]); }));
    return 0;
  }
  if (arguments[0] == "get-behind") {
    std::printf("%.1f\n", median_get_behind_us(arguments[1], std::stoul(arguments[2])));
    return 0;
  }
  const auto begun = Clock::now();
  if (arguments[0] == "snapshot" && arguments.size() == 5) {
    share(std::stoul(arguments[4]), std::stoul(arguments[3]), [&](Loop& loop, std::size_t number) {
      loop.make_snapshot(arguments[1] + std::to_string(number), arguments[2]);
    });
    std::printf("%.6f\n", seconds_since(begun));
    return 0;
  }
  const std::size_t threads = arguments.size() > 3 ? std::stoul(arguments[3]) : 1;
  const Detail detail = arguments[1] == "names"   ? Detail::names
                        : arguments[1] == "stats" ? Detail::stats
                                                  : Detail::all;
  const std::size_t found = list(arguments[2], arguments[0] == "snapshots", detail, threads);
  std::printf("%zu %.6f\n", found, seconds_since(begun));
  return 0;
}
