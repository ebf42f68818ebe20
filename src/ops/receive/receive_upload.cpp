#include "api/receive/receive_upload.hpp"

#include "ops/receive/receiving.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<model::StreamHead> open<api::ReceiveUpload>(Context& context,
                                                   const api::ReceiveUpload::Request& request) {
  const model::ReceiveShown shown = TRY(context.receives.find(request.receive));
  return model::StreamHead{.job = {},
                           .estimated_bytes = {},
                           .bytes_per_second = shown.options.bytes_per_second.value_or(0)};
}

template <>
Result<model::Received> receive<api::ReceiveUpload>(Context& context,
                                                    const api::ReceiveUpload::Request& request,
                                                    int pipe) {
  const model::ReceiveShown shown = TRY(context.receives.find(request.receive));
  Receives::Turn turn = TRY(context.receives.take_turn(request.receive, context.work->id()));
  model::Received received = TRY(receive_for_job(
      context,
      {.options = shown.options,
       .key = turn.key(),
       .noted = [&](const model::SnapshotName& snapshot,
                    std::optional<model::Guid> left) { turn.note(snapshot, left); }},
      pipe));
  if (!received.dry_run) turn.note_received(received);
  return received;
}

template <>
Result<Finding> judge<api::ReceiveUpload>(Context& context, const api::ReceiveUpload::Request&,
                                          const json::Object& evidence) {
  return judge_received(context, evidence);
}

}  // namespace zfsrest::ops
