#include "api/snapshot/snapshot_estimate_send.hpp"

#include "ops/run.hpp"
#include "ops/snapshot/stream_source.hpp"

namespace zfsrest::ops {

template <>
Result<api::SnapshotEstimateSend::Response> run<api::SnapshotEstimateSend>(
    Context& context, const api::SendOptions& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const zfs::Send send = TRY(read_send(context, handle, request));
  return api::SnapshotEstimateSend::Response{.estimated_bytes =
                                                 TRY(zfs::estimate_send(handle, send))};
}

}  // namespace zfsrest::ops
