#include "agent/rows.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "os/socket.hpp"

namespace zfsrest::agent {
namespace {

// A page ends here even if more rows were asked for; the cursor leads on.
constexpr std::size_t large_page = std::size_t{4} * 1024 * 1024;
constexpr std::size_t line_buffer = std::size_t{64} * 1024;
constexpr int stall_ms = 30'000;
// So long without a line is long.
constexpr std::chrono::seconds silence(1);

// Writes all to a non-blocking pipe, waiting for its reader no longer than the stall allows each
// time.
bool write_patiently(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
    if (::poll(&waiting, 1, stall_ms) == 0) return false;
  }
  return true;
}

bool has_reader(int pipe) {
  pollfd one{.fd = pipe, .events = 0, .revents = 0};
  return ::poll(&one, 1, 0) == 0;
}

}  // namespace

std::size_t PageRows::room() {
  return text_.size() >= large_page || !is_wanted_() ? 0 : limit_ - std::min(limit_, count_);
}

std::string& PageRows::begin_row() {
  ++count_;
  return text_;
}

std::string PageRows::finish(std::string_view end) {
  // What it ends with is an object's text: its members go on where the rows are.
  text_ += "],";
  text_ += end.substr(1);
  return std::move(text_);
}

std::size_t LineRows::room() {
  if (!is_open_ && std::chrono::steady_clock::now() - made_ > silence) open();
  if (is_open_ && !is_broken_) is_broken_ = !has_reader(pipe_.get());
  return is_broken_ ? 0 : limit_ - std::min(limit_, count_);
}

bool LineRows::finish(std::string_view end) {
  buffer_ += end;
  buffer_ += '\n';
  flush();
  pipe_.close();
  return !is_broken_;
}

std::string& LineRows::begin_row() {
  ++count_;
  return buffer_;
}

void LineRows::end_row() {
  buffer_ += '\n';
  if (buffer_.size() >= line_buffer || count_ == 1) flush();
}

void LineRows::open() {
  is_open_ = true;
  auto pipe = os::make_pipe(os::largest_pipe);
  if (!pipe.ok()) {
    failure_ = std::move(pipe).error();
    is_broken_ = true;
    return;
  }
  pipe_ = std::move(pipe.value().write_end);
  is_broken_ = !os::set_nonblocking(pipe_.get()).ok() || !begin_(std::move(pipe.value().read_end));
}

void LineRows::flush() {
  if (!is_open_) open();
  if (!is_broken_ && !write_patiently(pipe_.get(), buffer_)) is_broken_ = true;
  buffer_.clear();
}

}  // namespace zfsrest::agent
