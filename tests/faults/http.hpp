// A client that speaks plain HTTP/1.1 over a socket of its own, and gives up only after a generous
// watchdog.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace zfsrest::faults {

// No answer takes this long unless something hangs.
constexpr auto watchdog = std::chrono::seconds(60);

struct Answer {
  int status = 0;  // 0: the connection ended before the answer was whole; -1: nothing came until
                   // the watchdog
  std::string head;
  std::string body;

  std::string field(std::string_view name) const;
  // The problem's code, empty if it is none.
  std::string code() const;
};

// The text of a member of a JSON object, as the daemon writes it: of the first that has this key;
// empty if there is none.
std::string member(const std::string& document, const std::string& key);

struct Request {
  std::string method = "GET";
  std::string target = "/healthz";
  std::string body{};
  std::string fields{};  // "Name: value\r\n", any number of them
};

// Where a daemon listens.
struct Address {
  std::string socket_path{};  // empty for TCP
  std::uint16_t port = 0;
};

class Connection {
 public:
  // Not connected if nobody listens there.
  explicit Connection(const Address& address);
  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection& operator=(Connection&&) = delete;

  bool is_connected() const { return fd_ >= 0; }
  Answer ask(const Request& request);
  bool send(const Request& request);
  bool send_bytes(std::string_view bytes);
  Answer read_answer(bool to_head = false);
  // Reads on in a body of chunks, until so many bytes of it are in `body`; what follows is left
  // where it is.
  enum class Body : std::uint8_t { more, whole, broken };
  Body read_to(std::size_t bytes, std::string& body);
  // Waits for the other end to close; false if it has not done so until the watchdog.
  bool is_closed_by_peer();
  // Ends it in order, or with a reset (over TCP).
  void close();
  void reset();
  int fd() const { return fd_; }

 private:
  enum class Read : std::uint8_t { some, end, nothing };
  Read fill();
  bool read_body(Answer& answer);
  bool begin_chunk();
  bool take(std::size_t bytes, std::string& into);
  bool take_line(std::string& line);

  int fd_ = -1;
  std::string input_;
  std::size_t chunk_left_ = 0;
  bool is_in_chunk_ = false;
  bool has_waited_in_vain_ = false;
};

}  // namespace zfsrest::faults
