// Which hosts a request may name, so that a page of another site cannot reach us by DNS rebinding.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace zfsrest::http {

// Besides localhost, 127.0.0.0/8 and [::1]: names or addresses without a port.
struct Hosts {
  std::vector<std::string> extra;
};

// The host of `authority` ("host", "host:port", "[v6]:port") in lower case, an IPv6 address in its
// shortest form without brackets. Nothing if the text is no authority; user names are none of ours.
std::optional<std::string> find_host_of(std::string_view authority);

// Whether the authority, with any port, is loopback or among the extra hosts.
bool is_served(std::string_view authority, const Hosts& hosts);

// Judges Host (on TCP) and Origin (everywhere) of a head that has passed the guard.
std::optional<Refusal> check_hosts(const RequestHead& head, Origin::Kind kind, const Hosts& hosts);

}  // namespace zfsrest::http
