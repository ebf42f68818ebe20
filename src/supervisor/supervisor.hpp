// The supervisor: opens the sockets, starts gateway and agent, and starts either again when it
// ends.
#pragma once

#include "base/result.hpp"
#include "config/settings.hpp"

namespace zfsrest::supervisor {

// Runs until SIGTERM or SIGINT. Fails with one line when it cannot begin.
Result<Nothing> run(const config::Settings& settings);

}  // namespace zfsrest::supervisor
