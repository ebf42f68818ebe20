// The gateway's main(): started by the supervisor, never by hand.
#include "gateway/gateway.hpp"

int main() {
  return zfsrest::gateway::run();
}
