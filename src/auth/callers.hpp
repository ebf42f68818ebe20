// Who is calling: decided by the agent, from evidence that the gateway only carries.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "auth/token.hpp"
#include "base/result.hpp"
#include "os/socket.hpp"

namespace zfsrest::auth {

struct Caller {
  std::string name;  // for logs: "token", or "uid 0"
};

// What a request came with. The handle is of a Unix connection that the agent accepted itself.
struct Evidence {
  std::optional<std::string> token;
  std::optional<std::string> handle;
};

class Callers {
 public:
  Callers(Token token, uid_t owner) : token_(std::move(token)), owner_(owner) {}

  // Notes an accepted Unix connection and returns its handle, which cannot be guessed.
  std::string add_connection(const os::Peer& peer);
  void forget(const std::string& handle);
  void forget_all();

  // A token that is presented must be right, wherever it comes from; without one, a Unix connection
  // of the owner or of root will do. Fails with unauthenticated.
  Result<Caller> identify(const Evidence& evidence) const;

  // Of what callers keep.
  Seal seal() const { return token_.seal(); }

 private:
  Token token_;
  uid_t owner_;
  mutable std::mutex mutex_;
  std::map<std::string, os::Peer> connections_;
};

}  // namespace zfsrest::auth
