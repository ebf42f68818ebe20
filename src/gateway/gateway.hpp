// The gateway's process: HTTP on one side, the agent on the other, and no state or decision of its
// own.
#pragma once

namespace zfsrest::gateway {

// Runs until the supervisor goes away or asks to stop; returns the exit status.
int run();

}  // namespace zfsrest::gateway
