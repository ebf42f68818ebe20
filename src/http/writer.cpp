#include "http/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "http/ascii.hpp"

namespace zfsrest::http {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

// What only the server knows; a second field of that name would be a second opinion.
bool is_written_by_server(std::string_view name) {
  constexpr std::array<std::string_view, 5> own{"Connection", "Content-Length", "Date",
                                                "Transfer-Encoding", "X-Content-Type-Options"};
  return std::any_of(own.begin(), own.end(),
                     [&](std::string_view other) { return equal_ignoring_case(name, other); });
}

bool is_sendable(const Field& field) {
  return is_token(field.name) && std::none_of(field.value.begin(), field.value.end(), [](char c) {
           return is_forbidden_control(c) || c == '\r' || c == '\n';
         });
}

}  // namespace

BodyFraming framing_of(const Response& response, Version version) {
  if (response.status == 204 || response.status == 304) return BodyFraming::none;
  if (std::holds_alternative<std::string>(response.body)) return BodyFraming::length;
  return version == Version::http_1_1 ? BodyFraming::chunked : BodyFraming::impossible;
}

std::optional<std::string> format_head(const Response& response, Version version, After after,
                                       std::time_t now) {
  if (response.status < 200 || response.status > 599) return std::nullopt;
  if (!std::all_of(response.fields.begin(), response.fields.end(), is_sendable))
    return std::nullopt;

  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                                 reason_of(response.status), format_date(now));
  for (const Field& field : response.fields)
    if (!is_written_by_server(field.name))
      head += fmt::format("{}: {}\r\n", field.name, field.value);
  head += "X-Content-Type-Options: nosniff\r\n";

  switch (framing_of(response, version)) {
    case BodyFraming::length:
      head += fmt::format("Content-Length: {}\r\n", std::get<std::string>(response.body).size());
      break;
    case BodyFraming::chunked:
      head += "Transfer-Encoding: chunked\r\n";
      break;
    case BodyFraming::none:
    case BodyFraming::impossible:
      break;
  }
  if (after == After::close)
    head += "Connection: close\r\n";
  else if (version == Version::http_1_0)
    head += "Connection: keep-alive\r\n";
  return head + "\r\n";
}

std::string format_date(std::time_t time) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                     months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                     utc.tm_min, utc.tm_sec);
}

}  // namespace zfsrest::http
