// Sending a stream for a job.
#pragma once

#include "ops/context.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {

// Nothing is changed, so that nothing is to be noted of it.
inline Result<Nothing> send_for_job(const Context& context, const zfs::Handle& handle,
                                    const zfs::Send& send, int pipe) {
  TRY(context.work->begin({}));
  const auto interruptible = context.work->interruptible();
  // Looked at first: what came before there was anything to interrupt did nothing.
  if (context.work->is_canceled()) return Error::of(Code::canceled, "the transfer was canceled");
  return zfs::send(handle, send, pipe);
}

}  // namespace zfsrest::ops
