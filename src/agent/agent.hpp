// The agent's process: it takes its part from the supervisor, accepts Unix connections, and answers
// the gateway.
#pragma once

namespace zfsrest::agent {

// Runs until the supervisor goes away or asks to stop; returns the exit status.
int run();

}  // namespace zfsrest::agent
