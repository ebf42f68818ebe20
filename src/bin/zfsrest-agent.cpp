// The agent's main(): started by the supervisor, never by hand.
#include "agent/agent.hpp"

int main() {
  return zfsrest::agent::run();
}
