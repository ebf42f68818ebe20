// The messages of HTTP/1.1 as the layers above see them: a request head, a request, a response.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/hurry.hpp"
#include "os/arena.hpp"
#include "os/fd.hpp"

namespace zfsrest::http {

// One header field. A value read from a client holds no control character but HTAB; bytes above 127
// are possible and need not be UTF-8.
struct Field {
  std::string name;
  std::string value;
};

enum class Version : std::uint8_t { http_1_0, http_1_1 };

// A head that has passed the guard: framed in one way only, one Host at most, target in origin form
// ("/…") or "*".
struct RequestHead {
  std::string method;
  std::string target;
  std::vector<Field> fields;
  Version version = Version::http_1_1;
  bool keep_alive = false;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;

  // The first field of that name, in any case. Host, Content-Length, Transfer-Encoding,
  // Content-Type, Authorization and Origin occur once at most.
  std::optional<std::string_view> find(std::string_view name) const;

  // All fields of that name, in any case and in their order.
  std::vector<std::string_view> values(std::string_view name) const;

  // Whether the comma-separated list in the fields of that name has the element, in any case.
  bool lists(std::string_view name, std::string_view element) const;

  // Whether bytes of a body follow the head.
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

// Where a connection comes from.
struct Origin {
  enum class Kind : std::uint8_t { tcp, unix_socket };
  Kind kind = Kind::tcp;
  std::string handle;  // the agent's unguessable handle of a Unix connection, empty on TCP
};

// The body lies in `memory`, which is wiped when the last who needs it lets go. One that is
// streamed (Hooks::streams) is not there: the answer is an FdSink if it is wanted.
struct Request {
  RequestHead head;
  std::shared_ptr<os::Arena> memory;
  std::string_view body;
  const Origin* origin = nullptr;  // lives as long as the answer is being made
  // Of one that waits: said when it waits no longer, because the client has ended its side or too
  // many wait already. Then the answer is to come as soon as it can. Of one that is for the client
  // alone: said when the client seems to be gone.
  std::shared_ptr<Hurry> hurry{};
};

struct Response;

// A body that is read from a pipe until its end, and never lies in memory of this process. Then
// `succeeded` is asked: only on true does the client get the last chunk, else the connection is
// reset, so that a truncated body never looks whole.
struct FdBody {
  os::Fd source;
  std::function<boost::asio::awaitable<bool>()> succeeded;
  std::uint64_t bytes_per_second = 0;  // at most; 0 for as fast as it goes
  // How long the first byte is waited for before the answer is a refusal; the head waits for it.
  std::chrono::milliseconds first_byte = std::chrono::milliseconds::max();
  // Of a source that ends without a byte: the answer in its place, if there is one. May be empty.
  std::function<boost::asio::awaitable<std::optional<Response>>()> instead{};
  // The client went away, or the first byte did not come in time. May be empty.
  std::function<void()> abandoned{};
};

// Not an answer yet: the body of the request is wanted, written to a pipe as it arrives, which is
// closed at its end. Then, or when the other end of the pipe is closed before, `finished` makes the
// answer.
struct FdSink {
  os::Fd sink;
  std::function<boost::asio::awaitable<Response>()> finished;
  std::uint64_t bytes_per_second = 0;  // at most; 0 for as fast as it goes
  // How many bytes have been passed on, now and then. May be empty.
  std::function<void(std::uint64_t)> moved{};
};

// Date, Connection, Content-Length and Transfer-Encoding are the server's own; such fields given
// here are left out.
struct Response {
  int status = 200;
  std::vector<Field> fields;
  std::variant<std::string, FdBody, FdSink> body;
  bool close = false;  // close the connection after this answer
};

}  // namespace zfsrest::http
