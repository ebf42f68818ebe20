#include "streams.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace zfsrest::faults {
namespace {

std::string in_hexadecimal(std::size_t number) {
  std::array<char, 16> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, 16).ptr;
  return {text.data(), end};
}

bool is_answered(const Connection& connection) {
  pollfd one{.fd = connection.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) == 1;
}

}  // namespace

std::string encoded(std::string_view name) {
  std::string text;
  for (const char c : name) text += c == '/' ? "%2F" : c == '@' ? "%40" : std::string(1, c);
  return text;
}

std::string stream_path(const std::string& snapshot, const std::string& query) {
  return "/v1/snapshots/" + encoded(snapshot) + "/stream" + (query.empty() ? "" : "?") + query;
}

void make_volume(const userland::Engine& engine, const std::string& name, std::size_t bytes,
                 int block_bytes) {
  engine.expect("zfs create -s -b " + std::to_string(block_bytes) + " -V " + std::to_string(bytes) +
                " " + name);
  engine.write(name, "--length " + std::to_string(bytes) + " --seed 1");
}

std::string read_stream(const Daemon& daemon, const std::string& target) {
  Answer answer = daemon.ask("GET", target);
  EXPECT_EQ(answer.status, 200) << target << answer.body.substr(0, 2000);
  return std::move(answer.body);
}

Download begin_download(const Daemon& daemon, const Address& address, const std::string& target) {
  Download download{.connection = Connection(address), .head = {}, .body = {}};
  download.connection.send({.target = target, .fields = daemon.authorization()});
  download.head = download.connection.read_answer(true);
  return download;
}

Connection begin_upload(const Daemon& daemon, const Address& address, const std::string& target,
                        Framing framing, std::size_t length_bytes) {
  Connection connection(address);
  connection.send_bytes("PUT " + target + " HTTP/1.1\r\nHost: localhost\r\n" +
                        daemon.authorization() + "Content-Type: application/octet-stream\r\n" +
                        (framing == Framing::chunked
                             ? "Transfer-Encoding: chunked\r\n\r\n"
                             : "Content-Length: " + std::to_string(length_bytes) + "\r\n\r\n"));
  return connection;
}

bool upload_some(Connection& connection, Framing framing, std::string_view bytes) {
  constexpr std::size_t most = 64 << 10;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, most);
    bytes.remove_prefix(piece.size());
    if (is_answered(connection)) return false;
    const bool is_sent = framing == Framing::length
                             ? connection.send_bytes(piece)
                             : connection.send_bytes(in_hexadecimal(piece.size()) + "\r\n") &&
                                   connection.send_bytes(piece) && connection.send_bytes("\r\n");
    if (!is_sent) return false;
  }
  return true;
}

Answer upload(const Daemon& daemon, const Address& address, const std::string& target,
              std::string_view body) {
  Connection connection = begin_upload(daemon, address, target, Framing::length, body.size());
  upload_some(connection, Framing::length, body);
  return connection.read_answer();
}

void expect_no_transfers(const Daemon& daemon) {
  std::string jobs;
  EXPECT_TRUE(eventually([&] {
    const Answer answer = daemon.ask("GET", "/v1/jobs?state=queued,running,recovering");
    jobs = answer.body;
    return answer.status == 200 && jobs.find("\"operation\"") == std::string::npos;
  })) << jobs;
}

std::string newest_job(const Daemon& daemon, const std::string& operation) {
  const std::string id =
      member(daemon.ask("GET", "/v1/jobs?limit=1&operation=" + operation).body, "id");
  return id.empty() ? "" : "/v1/jobs/" + id;
}

std::string read_job(const Daemon& daemon, const std::string& job) {
  return daemon.ask("GET", job).body;
}

std::string ended_job(const Daemon& daemon, const std::string& job) {
  return Connection(daemon.unix_socket())
      .ask({.target = job, .fields = "Prefer: wait=50\r\n"})
      .body;
}

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* const given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

}  // namespace zfsrest::faults
