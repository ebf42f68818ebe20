#include "os/life_line.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <thread>
#include <utility>

namespace zfsrest::os {
namespace {

// Leaves the calling thread a table of its own with nothing but this descriptor in it.
bool keep_alone(int number) {
  const auto kept = static_cast<unsigned>(number);
  if (::close_range(kept + 1, ~0U, CLOSE_RANGE_UNSHARE) != 0) return false;
  return kept == 0 || ::close_range(0, kept - 1, 0) == 0;
}

}  // namespace

void keep_life_line(Fd end) {
  std::promise<void> kept;
  const auto is_kept = kept.get_future();
  std::thread([number = end.get(), kept = std::move(kept)]() mutable {
    if (!keep_alone(number)) {
      std::fputs("zfsrest: the kernel gives a thread no table of descriptors of its own\n", stderr);
      std::abort();
    }
    kept.set_value();
    while (true) ::pause();
  }).detach();
  is_kept.wait();
}

}  // namespace zfsrest::os
