// /dev/zfs: opened when it is needed, closed a while after the last use, because an open descriptor
// keeps the module from being unloaded.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.hpp"
#include "os/fd.hpp"
#include "zfs/altroots.hpp"
#include "zfs/command.hpp"
#include "zfs/mount_watch.hpp"
#include "zfs/nvlist.hpp"

namespace zfsrest::zfs {

// What an ioctl left behind.
struct Reply {
  int os_errno = 0;  // 0 for success
  NvList output =
      NvList::slot();  // what the kernel wrote, on failure as well; empty if it wrote nothing
};

// What was read and is kept as long as the kernel tells of no change.
struct Kept {
  std::optional<MountWatch> mounts;
  Altroots altroots;
};

// The kernel's module mounts; ZFS in user space does not.
enum class Mounting : std::uint8_t { impossible, possible };

// The right to call the kernel. While one exists the device stays open, and libzfs_core is usable.
// The calls block; they may be made from any thread, and a sequence that belongs together stays on
// one.
class Handle {
 public:
  // Issues an ioctl. `input` becomes nvlist_src if it is given; if `command` offers no room for an
  // answer, some is made, and more when the kernel asks for it. The rest of `command` is in and
  // out.
  Reply call(Ioctl number, Command& command, const NvList* input = nullptr) const;

  // The same for a call that must not be made a second time for want of room: there is room for a
  // number for each name in `input`, and for more.
  Reply call_once(Ioctl number, Command& command, const NvList& input) const;

  // The same for a call whose answer is of no matter, and gets no room: the errno, 0 for success.
  int ask(Ioctl number, Command& command) const;

  // Whether file systems of this engine can be mounted on this host.
  bool can_mount() const { return kept_->mounts.has_value(); }
  // What is mounted on this host, if that is possible.
  MountWatch& mounts() const { return *kept_->mounts; }
  Altroots& altroots() const { return kept_->altroots; }

 private:
  friend class Device;
  Reply call_with_room(Ioctl number, Command& command, std::size_t room) const;
  Handle(std::shared_ptr<int> fd, std::shared_ptr<Kept> kept)
      : fd_(std::move(fd)), kept_(std::move(kept)) {}

  std::shared_ptr<int> fd_;
  std::shared_ptr<Kept> kept_;
};

inline constexpr const char* device_path = "/dev/zfs";

// /dev/zfs opened for something that lasts as long as it stays open; closing it may wait for the
// pool of what hangs on it.
Result<os::Fd> open_device();

class Device {
 public:
  explicit Device(Mounting mounting) : kept_(std::make_shared<Kept>()) {
    if (mounting == Mounting::possible) kept_->mounts.emplace();
  }
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  // Fails with no_module when there is no module or the user-space engine does not run.
  Result<Handle> open();

  // Closes the device if nobody has used it for `idle`. To be called now and then. Whether it may
  // still be open.
  bool close_if_idle(std::chrono::steady_clock::duration idle);

 private:
  void close();

  const std::shared_ptr<Kept> kept_;
  std::mutex mutex_;
  os::Fd fd_;
  std::weak_ptr<int> in_use_;
  std::chrono::steady_clock::time_point last_use_{};
};

// A zeroed command for the object `name`, which must have been checked for length.
std::unique_ptr<Command> command_for(const std::string& name);

}  // namespace zfsrest::zfs
