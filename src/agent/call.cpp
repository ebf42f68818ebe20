#include "agent/call.hpp"

#include "os/arena.hpp"

namespace zfsrest::agent {

void Call::forget_request() {
  prepared.run = nullptr;
  prepared.record = nullptr;
  prepared.read_etag = nullptr;
  prepared.read_stretching = nullptr;
  if (prepared.job) prepared.job->begin = nullptr;
  prepared.key.reset();
  if (key) os::wipe_stack();
  key.reset();
}

std::function<Result<Outcome>(ops::Context&)> Call::take_run() {
  auto run = std::exchange(prepared.run, nullptr);
  forget_request();
  return run;
}

}  // namespace zfsrest::agent
