#include "config/control.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>

#include "os/socket.hpp"

namespace zfsrest::config {
namespace {

constexpr std::size_t largest_message = std::size_t{64} * 1024;

Result<Nothing> send(int fd, std::string_view message, int passed) {
  // A packet goes whole or not at all.
  TRY(os::send_some(fd, message, passed));
  return Nothing{};
}

// What `take` receives into a buffer; empty at the end of the stream.
template <class Take>
Result<std::string> receive_text(const Take& take) {
  std::string buffer(largest_message, '\0');
  Result<std::size_t> got = take(buffer);
  // That the other end closed without having read all is told once, and before what it had sent.
  if (!got.ok() && got.error().os_errno == ECONNRESET) got = take(buffer);
  buffer.resize(TRY(std::move(got)));
  return buffer;
}

struct Message {
  std::string text;
  os::Fd descriptor;
};

Result<Message> receive(int fd) {
  std::vector<os::Fd> received;
  std::string text = TRY(
      receive_text([&](std::span<char> buffer) { return os::receive_some(fd, buffer, received); }));
  return Message{.text = std::move(text),
                 .descriptor = received.empty() ? os::Fd() : std::move(received.front())};
}

Error broken() {
  return Error::of(Code::bug, "the supervisor said what this process does not understand");
}

}  // namespace

Result<std::pair<Control, Control>> Control::make_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return os::last_error("socketpair");
  std::pair made{Control(os::Fd(ends[0])), Control(os::Fd(ends[1]))};
  TRY(os::set_nonblocking(made.first.fd()));
  return made;
}

Result<Nothing> Control::send_start(const Settings& settings, const os::Fd& listener) const {
  return send(fd_.get(), describe::to_json(settings), listener.get());
}

Result<Nothing> Control::send_link(const os::Fd& link) const {
  return send(fd_.get(), "link", link.get());
}

Result<std::optional<json::Object>> Control::receive_told() const {
  const std::string text = TRY(
      receive_text([&](std::span<char> buffer) { return os::receive_plain(fd_.get(), buffer); }));
  if (text.empty()) return std::optional<json::Object>();
  json::Value value = TRY(json::parse(text));
  if (!value.is_object()) return Error::of(Code::bug, "the process said what makes no sense");
  return std::optional(std::move(value.get_object()));
}

Result<Control::Start> Control::receive_start() const {
  Message message = TRY(receive(fd_.get()));
  describe::Report report;
  auto settings = describe::decode<Settings>(TRY(json::parse(message.text)),
                                             describe::Spot(report, "settings"));
  if (!settings || !message.descriptor) return broken();
  return Start{.settings = std::move(*settings), .listener = std::move(message.descriptor)};
}

Result<std::optional<os::Fd>> Control::receive_link() const {
  Message message = TRY(receive(fd_.get()));
  if (message.text.empty()) return std::optional<os::Fd>();
  if (!message.descriptor) return broken();
  return std::optional(std::move(message.descriptor));
}

Result<Nothing> Control::send_ready(const json::Object& facts) const {
  return send(fd_.get(), json::serialize(facts), -1);
}

Result<Nothing> Control::send_failure(std::string_view why) const {
  return send_ready({{"failed", why}});
}

Result<Nothing> Control::send_link_is_broken() const {
  return send_ready({{"link_is_broken", true}});
}

}  // namespace zfsrest::config
