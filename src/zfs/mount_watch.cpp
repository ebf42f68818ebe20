#include "zfs/mount_watch.hpp"

#include <fcntl.h>
#include <poll.h>

#include <utility>

#include "zfs/mount_table.hpp"

namespace zfsrest::zfs {
namespace {

using Clock = std::chrono::steady_clock;

// Whether anything was mounted or unmounted since the table was opened, or since this said so.
bool has_changed(const os::Fd& table) {
  pollfd one{.fd = table.get(), .events = POLLPRI, .revents = 0};
  return ::poll(&one, 1, 0) != 0;
}

std::shared_ptr<const Mounts> look() {
  const auto mounts = std::make_shared<Mounts>();
  for (MountEntry& entry : read_mount_table("/proc", "zfs")) {
    if (entry.root != "/" || entry.source.find('@') != std::string::npos) continue;
    mounts->datasets.insert(entry.source);
    mounts->in_order.push_back(
        {.dataset = std::move(entry.source), .point = std::move(entry.point)});
  }
  return mounts;
}

}  // namespace

std::shared_ptr<const Mounts> MountWatch::read() {
  // What changes while it is read may stand there twice or not at all.
  constexpr int most_readings = 10;
  for (int reading = 1;; ++reading) {
    const Clock::time_point now = Clock::now();
    // It is opened before it is read, so that it tells of every change since.
    os::Fd table(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    const auto mounts = look();
    const bool is_whole = table && !has_changed(table);
    if (is_whole) keep(std::move(table), mounts, now);
    if (is_whole || reading == most_readings) return mounts;
  }
}

std::shared_ptr<const Mounts> MountWatch::read_recent() {
  constexpr std::chrono::seconds recent(1);
  {
    const std::lock_guard lock(mutex_);
    if (last_ && Clock::now() - read_at_ < recent && !has_changed(table_)) return last_;
    last_ = nullptr;
  }
  return read();
}

void MountWatch::keep(os::Fd table, const std::shared_ptr<const Mounts>& mounts,
                      Clock::time_point at) {
  const std::lock_guard lock(mutex_);
  if (last_ && read_at_ > at) return;
  table_ = std::move(table);
  last_ = mounts;
  read_at_ = at;
}

}  // namespace zfsrest::zfs
