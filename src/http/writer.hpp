// The head of a response as bytes.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>

#include "http/message.hpp"

namespace zfsrest::http {

// How the end of a response is told.
enum class BodyFraming : std::uint8_t {
  none,     // 204 and 304: no body, and no length
  length,   // Content-Length; an answer to HEAD has that of GET, and no body
  chunked,  // FdBody
  // FdBody to an HTTP/1.0 client, which reads until the end and could take a part for the whole.
  impossible
};

enum class After : std::uint8_t { keep_alive, close };

BodyFraming framing_of(const Response& response, Version version);

// Status line, the fields of the response, those of the server, and the blank line. Nothing if the
// response has a status or a field that cannot be sent, such as a line break in a value.
std::optional<std::string> format_head(const Response& response, Version version, After after,
                                       std::time_t now);

// RFC 9110's IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string format_date(std::time_t time);

}  // namespace zfsrest::http
