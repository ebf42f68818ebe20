#include "api/snapshot/snapshot_send.hpp"

#include "ops/run.hpp"
#include "ops/sending.hpp"
#include "ops/snapshot/stream_source.hpp"

namespace zfsrest::ops {

template <>
Result<model::StreamHead> open<api::SnapshotSend>(Context& context,
                                                  const api::SnapshotSend::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const zfs::Send send = TRY(read_send(context, handle, request));
  return model::StreamHead{.job = {},
                           .estimated_bytes = find_estimate(handle, send, context.release),
                           .bytes_per_second = request.bytes_per_second.value_or(0)};
}

template <>
Result<Nothing> send<api::SnapshotSend>(Context& context, const api::SnapshotSend::Request& request,
                                        int pipe) {
  const zfs::Handle handle = TRY(context.device.open());
  return send_for_job(context, handle, TRY(read_send(context, handle, request)), pipe);
}

template <>
Result<std::uint64_t> count_sent<api::SnapshotSend>(Context& context,
                                                    const api::SnapshotSend::Request& request,
                                                    int pipe) {
  const zfs::Handle handle = TRY(context.device.open());
  return TRY(zfs::read_send_progress(handle, request.snapshot.text(), pipe)).bytes;
}

}  // namespace zfsrest::ops
