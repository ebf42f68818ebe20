#include "api/dataset/dataset_send_saved.hpp"

#include "ops/dataset/partial_receive.hpp"
#include "ops/run.hpp"
#include "ops/sending.hpp"

namespace zfsrest::ops {
namespace {

// Of an incremental stream nothing is sent: OpenZFS 2.4.4, receiving it, takes the objects that
// come with it for what it has received, and what is then resumed there lacks data, silently.
Result<zfs::Send> read_send(const zfs::Handle& handle,
                            const api::DatasetSendSaved::Request& request) {
  const std::string& dataset = request.dataset.text();
  if (TRY(read_partial(handle, dataset)).decoded.from_guid)
    return Error{.code = Code::wrong_state,
                 .subject = dataset,
                 .detail =
                     "what was received is of an incremental stream, and could not be resumed "
                     "elsewhere without loss; resume it here, and send the snapshot"};
  return zfs::Send{.snapshot = dataset,
                   .from = {},
                   .large_blocks = request.large_blocks,
                   .embedded = request.embedded,
                   .compressed = request.compressed,
                   .raw = request.raw,
                   .saved = true,
                   .redaction_bookmark = {},
                   .resume = {}};
}

}  // namespace

template <>
Result<model::StreamHead> open<api::DatasetSendSaved>(
    Context& context, const api::DatasetSendSaved::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto bytes = zfs::estimate_send(handle, TRY(read_send(handle, request)));
  return model::StreamHead{
      .job = {},
      .estimated_bytes = bytes.ok() ? std::optional(bytes.value()) : std::nullopt,
      .bytes_per_second = request.bytes_per_second.value_or(0)};
}

template <>
Result<Nothing> send<api::DatasetSendSaved>(Context& context,
                                            const api::DatasetSendSaved::Request& request,
                                            int pipe) {
  const zfs::Handle handle = TRY(context.device.open());
  return send_for_job(context, handle, TRY(read_send(handle, request)), pipe);
}

template <>
Result<std::uint64_t> count_sent<api::DatasetSendSaved>(
    Context& context, const api::DatasetSendSaved::Request& request, int pipe) {
  const zfs::Handle handle = TRY(context.device.open());
  const zfs::PartialReceive partial = TRY(read_partial(handle, request.dataset.text()));
  return TRY(zfs::read_send_progress(handle, partial.partial_dataset, pipe)).bytes;
}

}  // namespace zfsrest::ops
