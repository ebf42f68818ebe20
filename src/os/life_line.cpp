#include "os/life_line.hpp"

#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <thread>
#include <utility>

namespace zfsrest::os {
namespace {

void close_all_but(int number) {
  const auto kept = static_cast<unsigned>(number);
  if (kept > 0) ::close_range(0, kept - 1, 0);
  ::close_range(kept + 1, ~0U, 0);
}

}  // namespace

void keep_life_line(Fd end) {
  std::promise<void> kept;
  const auto is_kept = kept.get_future();
  std::thread([number = end.get(), kept = std::move(kept)]() mutable {
    // With the others' table it would tell nothing, and they would lose what is closed here.
    if (::unshare(CLONE_FILES) != 0) std::abort();
    close_all_but(number);
    kept.set_value();
    while (true) ::pause();
  }).detach();
  is_kept.wait();
}

}  // namespace zfsrest::os
