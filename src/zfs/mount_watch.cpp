#include "zfs/mount_watch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "zfs/mount_table.hpp"

namespace zfsrest::zfs {
namespace {

using Clock = std::chrono::steady_clock;

// The whole file from its beginning.
std::optional<std::string> read_all(int fd) {
  if (::lseek(fd, 0, SEEK_SET) != 0) return std::nullopt;
  constexpr std::size_t piece = 65536;
  std::string text;
  for (std::size_t size = 0;;) {
    text.resize(size + piece);
    const ssize_t bytes = ::read(fd, text.data() + size, piece);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return std::nullopt;
    size += static_cast<std::size_t>(bytes);
    text.resize(size);
    if (bytes == 0) return text;
  }
}

std::shared_ptr<const Mounts> mounts_in(std::string_view table) {
  const auto mounts = std::make_shared<Mounts>();
  for (MountEntry& entry : parse_mount_table(table, "zfs")) {
    if (entry.root != "/" || entry.source.find('@') != std::string::npos) continue;
    mounts->datasets.insert(entry.source);
    mounts->in_order.push_back(
        {.dataset = std::move(entry.source), .point = std::move(entry.point)});
  }
  return mounts;
}

}  // namespace

std::shared_ptr<const Mounts> MountWatch::read() {
  const std::lock_guard lock(mutex_);
  return read_locked();
}

std::shared_ptr<const Mounts> MountWatch::read_recent() {
  constexpr std::chrono::seconds recent(1);
  const std::lock_guard lock(mutex_);
  if (last_ && Clock::now() - read_at_ < recent && !has_changed()) return last_;
  return read_locked();
}

// The kernel says so once: whoever asks reads the table, or forgets it.
bool MountWatch::has_changed() {
  pollfd one{.fd = table_.get(), .events = POLLPRI, .revents = 0};
  return ::poll(&one, 1, 0) != 0;
}

std::shared_ptr<const Mounts> MountWatch::read_locked() {
  // What changes while it is read may stand there twice or not at all.
  constexpr int most_readings = 10;
  if (!table_) table_ = os::Fd(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  last_ = nullptr;
  std::optional<std::string> text;
  for (int reading = 0; reading < most_readings && !last_; ++reading) {
    static_cast<void>(has_changed());
    read_at_ = Clock::now();
    text = read_all(table_.get());
    if (!text) return std::make_shared<Mounts>();
    if (!has_changed()) last_ = mounts_in(*text);
  }
  return last_ ? last_ : mounts_in(*text);
}

}  // namespace zfsrest::zfs
