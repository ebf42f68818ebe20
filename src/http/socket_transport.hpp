// The plain transport: a stream socket, TCP or Unix.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/result.hpp"
#include "http/transport.hpp"
#include "os/fd.hpp"

namespace zfsrest::http {

// Takes over a connected stream socket, which becomes non-blocking. Errors: what the kernel says of
// a descriptor that is no socket.
Result<std::unique_ptr<Transport>> make_socket_transport(boost::asio::io_context& io,
                                                         os::Fd socket);

}  // namespace zfsrest::http
