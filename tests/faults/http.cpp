#include "http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <utility>

namespace zfsrest::faults {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return fd;
  ::close(fd);
  return -1;
}

int connect_tcp(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

std::string Answer::field(std::string_view name) const {
  const std::string all = lower(head);
  const std::size_t at = all.find("\r\n" + lower(name) + ":");
  if (at == std::string::npos) return "";
  const std::size_t begin = head.find_first_not_of(' ', at + name.size() + 3);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string Answer::code() const {
  constexpr std::string_view key = "\"code\":\"";
  const std::size_t at = body.find(key);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size();
  return body.substr(begin, body.find('"', begin) - begin);
}

std::string member(const std::string& document, const std::string& key) {
  const std::string before = "\"" + key + "\":";
  std::size_t at = document.find(before);
  if (at == std::string::npos) return "";
  at += before.size();
  const bool is_text = document[at] == '"';
  if (is_text) ++at;
  return document.substr(at, document.find_first_of(is_text ? "\"" : ",}]", at) - at);
}

Connection::Connection(const Address& address)
    : fd_(address.socket_path.empty() ? connect_tcp(address.port)
                                      : connect_unix(address.socket_path)) {
  const timeval patience{.tv_sec = watchdog.count(), .tv_usec = 0};
  if (fd_ < 0) return;
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      input_(std::move(other.input_)),
      chunk_left_(other.chunk_left_),
      is_in_chunk_(other.is_in_chunk_) {}

Connection::~Connection() {
  close();
}

Answer Connection::ask(const Request& request) {
  if (!send(request)) return {};
  return read_answer(request.method == "HEAD");
}

bool Connection::send(const Request& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: localhost\r\n";
  text += request.fields;
  if (!request.body.empty())
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) +
        "\r\n";
  return send_bytes(text + "\r\n" + request.body);
}

bool Connection::send_bytes(std::string_view bytes) {
  while (fd_ >= 0 && !bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return fd_ >= 0;
}

Answer Connection::read_answer(bool to_head) {
  Answer answer;
  std::string line;
  while (take_line(line)) {
    answer.head += line + "\r\n";
    if (line.empty()) break;
  }
  constexpr std::string_view version = "HTTP/1.1 ";
  const bool has_head = answer.head.starts_with(version) && answer.head.ends_with("\r\n\r\n");
  if (has_head && (to_head || read_body(answer)))
    std::from_chars(answer.head.data() + version.size(), answer.head.data() + answer.head.size(),
                    answer.status);
  if (has_waited_in_vain_) answer.status = -1;
  return answer;
}

bool Connection::read_body(Answer& answer) {
  if (answer.field("Transfer-Encoding") == "chunked")
    return read_to(std::string::npos, answer.body) == Body::whole;
  const std::string length = answer.field("Content-Length");
  return length.empty() || take(std::stoul(length), answer.body);
}

// False if what comes is no chunk's head. After the last chunk `is_in_chunk_` is false.
bool Connection::begin_chunk() {
  std::string line;
  if (is_in_chunk_ && (!take_line(line) || !line.empty())) return false;
  if (!take_line(line)) return false;
  const char* const end = line.data() + line.size();
  const auto [parsed, error] = std::from_chars(line.data(), end, chunk_left_, 16);
  if (error != std::errc() || parsed != end) return false;
  is_in_chunk_ = chunk_left_ > 0;
  return is_in_chunk_ || (take_line(line) && line.empty());
}

Connection::Body Connection::read_to(std::size_t bytes, std::string& body) {
  while (body.size() < bytes) {
    if (chunk_left_ == 0) {
      if (!begin_chunk()) return Body::broken;
      if (!is_in_chunk_) return Body::whole;
    }
    if (input_.empty() && fill() != Read::some) return Body::broken;
    const std::size_t size = std::min({chunk_left_, bytes - body.size(), input_.size()});
    body.append(input_, 0, size);
    input_.erase(0, size);
    chunk_left_ -= size;
  }
  return Body::more;
}

void Connection::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Connection::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

bool Connection::is_closed_by_peer() {
  while (true) {
    const Read read = fill();
    if (read != Read::some) return read == Read::end;
  }
}

Connection::Read Connection::fill() {
  std::array<char, 65536> part{};
  const ssize_t got = fd_ < 0 ? 0 : ::recv(fd_, part.data(), part.size(), 0);
  if (got > 0) {
    input_.append(part.data(), static_cast<std::size_t>(got));
    return Read::some;
  }
  if (got == 0 || errno != EAGAIN) return Read::end;
  has_waited_in_vain_ = true;
  return Read::nothing;
}

bool Connection::take(std::size_t bytes, std::string& into) {
  while (input_.size() < bytes)
    if (fill() != Read::some) return false;
  into += input_.substr(0, bytes);
  input_.erase(0, bytes);
  return true;
}

bool Connection::take_line(std::string& line) {
  std::size_t end = 0;
  while ((end = input_.find("\r\n")) == std::string::npos)
    if (fill() != Read::some) return false;
  line = input_.substr(0, end);
  input_.erase(0, end + 2);
  return true;
}

}  // namespace zfsrest::faults
