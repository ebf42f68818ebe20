#include "ops/receive/incoming.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "os/fd.hpp"

namespace zfsrest::ops {
namespace {

Error canceled() {
  return Error::of(Code::canceled, "the transfer was canceled");
}

}  // namespace

// A signal that comes just before the wait has no effect on it, and is sent again.
Result<std::size_t> Incoming::read_some(char* to, std::size_t most, Clock::time_point until) const {
  for (;;) {
    if (work_.is_canceled()) return canceled();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    pollfd one{.fd = pipe_, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::max(left.count(), std::int64_t{0})));
    if (ready == 0)
      return Error::of(Code::request_timeout,
                       "the first record of the stream did not come in time");
    const ssize_t got = ready < 0 ? -1 : ::read(pipe_, to, most);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return os::last_error("pipe");
  }
}

// Who sends nothing must not keep others from sending.
Result<Incoming::Header> Incoming::read_header() const {
  constexpr auto patience = std::chrono::seconds(30);
  const Clock::time_point until = Clock::now() + patience;
  Header header{};
  for (std::size_t have = 0; have < header.size();) {
    const std::size_t got = TRY(read_some(header.data() + have, header.size() - have, until));
    if (got == 0)
      return Error::of(Code::bad_stream, have == 0 ? "the stream is empty"
                                                   : "the stream ended within its first record");
    have += got;
  }
  return header;
}

// Its bytes need not be looked at, and so are not copied.
Result<std::uint64_t> Incoming::drop_rest() const {
  constexpr std::size_t piece_bytes = std::size_t{1} << 20;
  const os::Fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!nowhere) return os::last_error("/dev/null");
  for (std::uint64_t dropped = 0;;) {
    if (work_.is_canceled()) return canceled();
    const ssize_t moved = ::splice(pipe_, nullptr, nowhere.get(), nullptr, piece_bytes, 0);
    if (moved == 0) return dropped;
    if (moved < 0 && errno != EINTR) return os::last_error("pipe");
    if (moved > 0) dropped += static_cast<std::uint64_t>(moved);
  }
}

}  // namespace zfsrest::ops
