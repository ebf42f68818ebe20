// From an HTTP request to the agent's canonical object, and from the agent's answer to an HTTP
// response.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/agent_link.hpp"
#include "gateway/router.hpp"
#include "http/message.hpp"

namespace zfsrest::gateway {

// A response that says why not, as a problem document.
http::Response refuse(Code code, std::string detail);

// What can be said from the head alone: unknown paths and methods, OPTIONS, media types. Nothing
// lets the request go on.
std::optional<http::Response> check_head(const http::RequestHead& head);

// Whether the client prefers to wait for a job.
bool waits(const http::RequestHead& head);

// Whether a list is asked for as one document.
bool is_page(const http::RequestHead& head);

// Whether the body is a stream of ZFS.
bool streams(const http::RequestHead& head);

// Answers a request whose head was found good.
boost::asio::awaitable<http::Response> answer(std::shared_ptr<AgentLink> link,
                                              http::Request request);

}  // namespace zfsrest::gateway
