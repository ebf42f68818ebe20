#include "agent/call.hpp"

#include "os/arena.hpp"

namespace zfsrest::agent {

void Call::forget_request() {
  prepared.run = nullptr;
  prepared.read_stretching = nullptr;
  prepared.key.reset();
  if (key) os::wipe_stack();
  key.reset();
}

}  // namespace zfsrest::agent
