#include "auth/callers.hpp"

#include <fmt/format.h>

#include "os/random.hpp"

namespace zfsrest::auth {

std::string Callers::add_connection(const os::Peer& peer) {
  constexpr std::size_t handle_bytes = 16;
  std::string handle = os::random_hex(handle_bytes);
  const std::lock_guard lock(mutex_);
  connections_.emplace(handle, peer);
  return handle;
}

void Callers::forget(const std::string& handle) {
  const std::lock_guard lock(mutex_);
  connections_.erase(handle);
}

void Callers::forget_all() {
  const std::lock_guard lock(mutex_);
  connections_.clear();
}

Result<Caller> Callers::identify(const Evidence& evidence) const {
  if (evidence.token) {
    if (token_.matches(*evidence.token)) return Caller{.name = "token"};
    return Error::of(Code::unauthenticated, "the bearer token is not valid");
  }
  if (!evidence.handle) return Error::of(Code::unauthenticated, "a bearer token is needed here");
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(*evidence.handle);
  if (found == connections_.end())
    return Error::of(Code::unauthenticated, "the connection is not known; open a new one");
  const uid_t uid = found->second.uid;
  if (uid != 0 && uid != owner_)
    return Error::of(Code::unauthenticated, "only the daemon's owner and root need no token here");
  return Caller{.name = fmt::format("uid {}", uid)};
}

}  // namespace zfsrest::auth
