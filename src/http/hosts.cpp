#include "http/hosts.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "http/ascii.hpp"

namespace zfsrest::http {
namespace {

std::optional<std::string> find_ipv6(const std::string& text) {
  in6_addr address{};
  if (::inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> shortest{};
  ::inet_ntop(AF_INET6, &address, shortest.data(), shortest.size());
  return std::string(shortest.data());
}

// RFC 3986's reg-name, without percent-encoding: no name that we serve needs it.
bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) ||
           std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos;
  });
}

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "::1") return true;
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

// "http://" or "https://" and an authority, and nothing else: a browser's "null" is not among them.
bool is_served_origin(std::string_view origin, const Hosts& hosts) {
  constexpr std::array<std::string_view, 2> schemes{"http://", "https://"};
  return std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
    return equal_ignoring_case(origin.substr(0, scheme.size()), scheme) &&
           is_served(origin.substr(scheme.size()), hosts);
  });
}

}  // namespace

std::optional<std::string> find_host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
    return find_ipv6(std::string(authority.substr(1, end - 1)));
  }
  const std::size_t colon = authority.find(':');
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) return std::nullopt;
  const std::string_view name = authority.substr(0, colon);
  return is_name(name) ? std::optional(lower_case(name)) : std::nullopt;
}

bool is_served(std::string_view authority, const Hosts& hosts) {
  const std::optional<std::string> host = find_host_of(authority);
  if (!host) return false;
  if (is_loopback(*host)) return true;
  return std::any_of(hosts.extra.begin(), hosts.extra.end(), [&](const std::string& extra) {
    const std::optional<std::string> bare_ipv6 = find_ipv6(extra);
    return host == (bare_ipv6 ? bare_ipv6 : find_host_of(extra));
  });
}

std::optional<Refusal> check_hosts(const RequestHead& head, Origin::Kind kind, const Hosts& hosts) {
  const std::optional<std::string_view> host = head.find("Host");
  if (kind == Origin::Kind::tcp && host && !is_served(*host, hosts))
    return Refusal{Code::bad_host, "Host is neither loopback nor a configured host"};
  const std::optional<std::string_view> origin = head.find("Origin");
  if (origin && !is_served_origin(*origin, hosts))
    return Refusal{Code::bad_host, "Origin is neither loopback nor a configured host"};
  return std::nullopt;
}

}  // namespace zfsrest::http
