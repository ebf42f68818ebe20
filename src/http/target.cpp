#include "http/target.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "http/ascii.hpp"
#include "http/hosts.hpp"

namespace zfsrest::http {
namespace {

Refusal bad_target(std::string detail) {
  return {Code::bad_framing, std::move(detail)};
}

void set_host(RequestHead& head, std::string_view authority) {
  for (Field& field : head.fields)
    if (equal_ignoring_case(field.name, "Host")) {
      field.value = authority;
      return;
    }
  head.fields.push_back({"Host", std::string(authority)});
}

// Both schemes are taken: what arrives in the clear may have been TLS as far as a proxy in front of
// us.
std::size_t scheme_length(std::string_view target) {
  constexpr std::array<std::string_view, 2> schemes{"http://", "https://"};
  for (const std::string_view scheme : schemes)
    if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  return 0;
}

}  // namespace

std::optional<Refusal> settle_target(RequestHead& head) {
  if (std::any_of(head.target.begin(), head.target.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte >= 0x7f || c == '#';
      }))
    return bad_target("the target holds a character that it cannot hold");

  if (head.target.starts_with('/')) return std::nullopt;
  if (head.target == "*")
    return head.method == "OPTIONS" ? std::nullopt
                                    : std::optional(bad_target("the target * is for OPTIONS only"));

  const std::string target = head.target;
  const std::size_t scheme = scheme_length(target);
  if (scheme == 0) return bad_target("the target is neither a path nor an http URI");
  const std::size_t path = std::min(target.find_first_of("/?", scheme), target.size());
  const std::string authority = target.substr(scheme, path - scheme);
  if (!find_host_of(authority)) return bad_target("the target does not name a host");

  set_host(head, authority);
  head.target = target.substr(path);
  if (head.target.empty() && head.method == "OPTIONS") head.target = "*";
  if (!head.target.starts_with('/') && head.target != "*") head.target.insert(0, "/");
  return std::nullopt;
}

}  // namespace zfsrest::http
