#include "api/snapshot/snapshot_receive.hpp"

#include "ops/receive/receiving.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::StreamHead> open<api::SnapshotReceive>(Context&,
                                                     const api::SnapshotReceive::Request& request) {
  return model::StreamHead{
      .job = {}, .estimated_bytes = {}, .bytes_per_second = request.bytes_per_second.value_or(0)};
}

template <>
Result<model::Received> receive<api::SnapshotReceive>(Context& context,
                                                      const api::SnapshotReceive::Request& request,
                                                      int pipe) {
  const model::ReceiveOptions options = api::SnapshotReceive::options_of(request);
  return receive_for_job(context, {.options = options}, pipe);
}

template <>
Result<Finding> judge<api::SnapshotReceive>(Context& context, const api::SnapshotReceive::Request&,
                                            const json::Object& evidence) {
  return judge_received(context, evidence);
}

}  // namespace zfsrest::ops
