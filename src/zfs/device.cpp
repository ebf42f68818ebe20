#include "zfs/device.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/errno_name.hpp"
#include "zfs/library.hpp"

namespace zfsrest::zfs {
namespace {

constexpr std::size_t usual_answer = std::size_t{256} * 1024;
// No answer of the kernel is as large as this; it bounds what a wrong size could make us allocate.
constexpr std::size_t largest_answer = std::size_t{256} * 1024 * 1024;

void give(Command& command, std::pmr::vector<char>& packed) {
  command.nvlist_src = reinterpret_cast<std::uint64_t>(packed.data());
  command.nvlist_src_size = packed.size();
}

}  // namespace

Result<os::Fd> open_device() {
  os::Fd fd(::open(device_path, O_RDWR | O_CLOEXEC));
  if (!fd)
    return Error{.code = Code::no_module,
                 .os_errno = errno,
                 .subject = "/dev/zfs",
                 .detail = "/dev/zfs cannot be opened: " + errno_phrase(errno) +
                           "; load the module, or start the user-space engine"};
  return fd;
}

Device::~Device() {
  close();
}

Result<Handle> Device::open() {
  const std::lock_guard lock(mutex_);
  if (!fd_) {
    os::Fd fd = TRY(open_device());
    if (const int rc = library::init(); rc != 0)
      return Error{.code = Code::no_module,
                   .os_errno = rc,
                   .subject = "/dev/zfs",
                   .detail = "libzfs_core cannot open /dev/zfs: " + errno_phrase(rc)};
    fd_ = std::move(fd);
  }
  last_use_ = std::chrono::steady_clock::now();
  std::shared_ptr<int> shared = in_use_.lock();
  if (!shared) in_use_ = shared = std::make_shared<int>(fd_.get());
  return Handle(std::move(shared), kept_);
}

bool Device::close_if_idle(std::chrono::steady_clock::duration idle) {
  // Opening may block for long, and whoever tidies up must not wait for it.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return true;
  if (fd_ && in_use_.expired() && std::chrono::steady_clock::now() - last_use_ >= idle) close();
  return static_cast<bool>(fd_);
}

void Device::close() {
  if (!fd_) return;
  library::fini();
  fd_.close();
}

Reply Handle::call(Ioctl number, Command& command, const NvList* input) const {
  // Not assigned later: it stays in the memory that it was packed in.
  auto packed = input ? input->pack() : std::pmr::vector<char>();
  if (input) give(command, packed);
  const Command before = command;
  for (std::size_t room = usual_answer;;) {
    Reply reply = call_with_room(number, command, room);
    if (reply.os_errno != ENOMEM || room >= largest_answer) return reply;
    // The kernel says how much it needs, if it knows. An iterator's cursor has moved on by then,
    // so the command is put back as it was.
    room = std::clamp<std::size_t>(command.nvlist_dst_size, room * 2, largest_answer);
    command = before;
  }
}

Reply Handle::call_once(Ioctl number, Command& command, const NvList& input) const {
  auto packed = input.pack();
  give(command, packed);
  return call_with_room(number, command, usual_answer + 2 * packed.size());
}

int Handle::ask(Ioctl number, Command& command) const {
  return ::ioctl(*fd_, static_cast<unsigned long>(number), &command) == 0 ? 0 : errno;
}

Reply Handle::call_with_room(Ioctl number, Command& command, std::size_t room) const {
  const auto answer = std::make_unique_for_overwrite<char[]>(room);
  command.nvlist_dst = reinterpret_cast<std::uint64_t>(answer.get());
  command.nvlist_dst_size = room;
  Reply reply{.os_errno = ask(number, command)};
  if (command.nvlist_dst_filled != 0 && command.nvlist_dst_size <= room)
    if (auto list = NvList::unpack({answer.get(), command.nvlist_dst_size}))
      reply.output = std::move(*list);
  return reply;
}

std::unique_ptr<Command> command_for(const std::string& name) {
  auto command = std::make_unique<Command>();
  std::memcpy(command->name, name.data(), std::min(name.size(), sizeof(command->name) - 1));
  return command;
}

}  // namespace zfsrest::zfs
