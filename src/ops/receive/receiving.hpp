// Receiving a stream for a job, from its first byte to the mounted file system.
#pragma once

#include <functional>
#include <optional>

#include "model/receive.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

struct Receiving {
  const model::ReceiveOptions& options;
  const zfs::WrappingKey* key = nullptr;
  // What the stream is to become, once that is known; and again, with the guid of what it has left,
  // if it breaks off.
  std::function<void(const model::SnapshotName&, std::optional<model::Guid>)> noted{};
};

// Receives what comes out of the pipe, as far as its end.
Result<model::Received> receive_for_job(Context& context, const Receiving& receiving, int pipe);

// What became of a receive that was interrupted with the daemon.
Result<Finding> judge_received(Context& context, const json::Object& evidence);

}  // namespace zfsrest::ops
