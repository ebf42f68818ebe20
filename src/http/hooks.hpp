// What the server asks of the layer above it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "base/code.hpp"
#include "http/message.hpp"

namespace zfsrest::http {

// All are called on the thread that runs the io_context. One that throws is taken as a bug of its
// own: the client gets what `refuse` makes of Code::bug, with what() as the detail, and the server
// goes on.
struct Hooks {
  // Asked before the body is read and before 100 Continue. A response ends the request there;
  // nothing lets it go on. May be empty.
  std::function<std::optional<Response>(const RequestHead&, const Origin&)> check_head;

  // Whether the client is content to wait for the answer, which may be long in coming; such a
  // request has Request::hurry. May be empty.
  std::function<bool(const RequestHead&)> waits;

  // Whether the answer may be long in coming and is worth nothing once the client is gone; such a
  // request has Request::hurry too. May be empty.
  std::function<bool(const RequestHead&)> is_for_the_client_alone;

  // Whether the body is to be streamed to where the answer says, and is of any length. May be
  // empty.
  std::function<bool(const RequestHead&)> streams;

  // Answers a request that has arrived as a whole, or but for its streamed body. It runs to its end
  // even if the client goes away; the answer is dropped then.
  std::function<boost::asio::awaitable<Response>(Request)> answer;

  // Renders a refusal or a bug. If it is empty or throws, the client gets the code's word as plain
  // text.
  std::function<Response(Code, std::string detail)> refuse;

  // A Unix connection with that handle has ended, and no answer for it is being made any more. May
  // be empty.
  std::function<void(const std::string& handle)> closed;
};

}  // namespace zfsrest::http
