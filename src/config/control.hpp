// The socket between the supervisor and each process it starts: settings, sockets and links go
// down, "ready" comes up. Its end is how a process learns that the supervisor is gone.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "config/settings.hpp"
#include "os/fd.hpp"

namespace zfsrest::config {

// The descriptor at which a process finds its end.
inline constexpr int control_fd = 3;
// And the one at which a process of several threads finds the end of its life line.
inline constexpr int life_line_fd = 4;

class Control {
 public:
  explicit Control(os::Fd fd) : fd_(std::move(fd)) {}
  // The supervisor's end, which never blocks, and the child's.
  static Result<std::pair<Control, Control>> make_pair();

  int fd() const { return fd_.get(); }
  os::Fd take() { return std::move(fd_); }

  // The supervisor's part. Sending fails with EAGAIN when the process leaves too much unread.
  Result<Nothing> send_start(const Settings& settings, const os::Fd& listener) const;
  Result<Nothing> send_link(const os::Fd& link) const;
  // What the process tells: of itself, once it serves; or one of the two below. Nothing when it has
  // closed its end.
  Result<std::optional<json::Object>> receive_told() const;

  // The process's part.
  struct Start {
    Settings settings;
    os::Fd listener;
  };
  Result<Start> receive_start() const;
  // One end of a new link; nothing when the supervisor is gone.
  Result<std::optional<os::Fd>> receive_link() const;
  Result<Nothing> send_ready(const json::Object& facts) const;
  // Why the process will end without ever having served.
  Result<Nothing> send_failure(std::string_view why) const;
  // Asks for a new link, because something came over this one that makes no sense.
  Result<Nothing> send_link_is_broken() const;

 private:
  os::Fd fd_;
};

}  // namespace zfsrest::config
