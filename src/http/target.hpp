// The request target: which forms of it are taken, and what they become.
#pragma once

#include <optional>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace zfsrest::http {

// Leaves a target in origin form, or "*" of OPTIONS, as it is. One in absolute form loses its
// scheme and its authority, and the authority replaces the value of Host, as RFC 9112, 3.2.2
// demands. Everything else is refused.
std::optional<Refusal> settle_target(RequestHead& head);

}  // namespace zfsrest::http
