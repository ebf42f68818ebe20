// The HTTP server: accepts connections, counts them, and ends them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>

#include "http/hooks.hpp"
#include "http/hosts.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "os/fd.hpp"

namespace zfsrest::http {

// One thread runs the io_context and calls every member. Nothing is thrown but by the constructor
// and listen(), for want of memory. The io_context outlives the server.
class Server {
 public:
  Server(boost::asio::io_context& io, Limits limits, Hosts hosts, Hooks hooks);

  // Stops accepting and closes every connection at once. Answers that are being made go on to their
  // end, and `closed` is still called, for as long as the io_context runs.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Accepts TCP connections from a listening socket until stop(). Out of descriptors, it turns
  // clients away with a descriptor kept for that, and waits before it tries again.
  void listen(os::Fd listener);

  // Serves a connection that was accepted elsewhere.
  void serve(os::Fd socket, const Origin& origin);

  // Closes every Unix connection, since their handles are void.
  void close_unix();

  // Accepts no more and closes idle connections. Those with a request get Limits::stop_grace to
  // end. The server adds no work to the io_context once the last one has.
  void stop();

  // How many connections there are, those that are being turned away not counted.
  std::size_t connections() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace zfsrest::http
