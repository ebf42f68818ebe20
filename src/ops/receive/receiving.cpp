#include "ops/receive/receiving.hpp"

#include <cerrno>

#include "api/classify.hpp"
#include "api/receive/receive_upload.hpp"
#include "ops/dataset/mounts.hpp"
#include "ops/dataset/new_key.hpp"
#include "ops/evidence.hpp"
#include "ops/receive/destination.hpp"
#include "ops/receive/incoming.hpp"
#include "zfs/dataset.hpp"
#include "zfs/properties.hpp"
#include "zfs/snapshot.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {
namespace {

// What tells afterwards whether it was received.
struct ReceiveEvidence {
  model::SnapshotName snapshot;
  model::StreamHeader stream;
  bool heal = false;
  static constexpr auto fields() {
    using describe::optional;
    using describe::required;
    return std::tuple{
        required("snapshot", &ReceiveEvidence::snapshot, "What it is to become."),
        required("stream", &ReceiveEvidence::stream, "What the stream says of itself."),
        optional("heal", &ReceiveEvidence::heal,
                 "It is there, and only damaged blocks are repaired.")};
  }
};

model::Skipped skipped(const std::string& subject, int os_errno, const std::string& detail) {
  const api::Verdict verdict = api::classify(os_errno, api::ReceiveUpload::operation);
  const CodeRow& row = row_of(verdict.code);
  return {.subject = subject,
          .code = std::string(row.word),
          .detail = detail.empty() ? std::string(row.meaning) : detail};
}

model::Received received_of(const ReceiveEvidence& evidence) {
  model::Received received;
  received.snapshot = evidence.snapshot;
  received.guid = evidence.stream.to_guid;
  received.stream = evidence.stream;
  return received;
}

// The properties in the kernel's form.
struct Settings {
  zfs::NvList overrides;
  zfs::NvList received;
};

Result<Settings> settings_of(const Context& context, const Receiving& receiving,
                             const model::StreamHeader& header) {
  const model::ReceiveOptions& options = receiving.options;
  const model::Target target =
      header.type == model::DatasetType::volume ? model::Target::volume : model::Target::filesystem;
  Settings settings{
      .overrides = TRY(zfs::kernel_settings(options.properties, target, model::Moment::creation,
                                            context.release, "/properties")),
      .received =
          TRY(zfs::kernel_settings(options.received_properties, target, model::Moment::creation,
                                   context.release, "/received_properties"))};
  for (const std::string& name : options.exclude_properties) settings.overrides.add_flag(name);
  if (header.raw && options.properties.contains("encryption"))
    return Error::of(Code::bad_request,
                     "the stream is raw and stays encrypted as it is; `encryption` cannot be set");
  if (receiving.key) {
    if (header.raw)
      return Error::of(Code::bad_request,
                       "the stream is raw and keeps the key that it was encrypted with; no other "
                       "can be given");
    add_new_root(*receiving.key, settings.overrides);
  }
  return settings;
}

// The kernel is done with the stream when its last record has come; what comes after that would
// else be lost in silence.
Result<Nothing> check_end(const Incoming& incoming, const model::SnapshotName& snapshot) {
  const auto rest_bytes = incoming.drop_rest();
  // What is there cannot be canceled any more.
  if (!rest_bytes.ok() && rest_bytes.error().code == Code::canceled) return Nothing{};
  if (!rest_bytes.ok()) return rest_bytes.error();
  if (rest_bytes.value() == 0) return Nothing{};
  return Error{.code = Code::bad_stream,
               .subject = snapshot.text(),
               .detail = "the snapshot was received, but " + std::to_string(rest_bytes.value()) +
                         " bytes followed the end of its stream, which were not",
               .applied = {snapshot.text()}};
}

// Notes what has been left, unless that was left by another before, and says how to go on from it.
Error explain(const zfs::Handle& handle, const Receiving& receiving, const Destination& destination,
              const model::StreamHeader& header, Error error) {
  const std::string dataset = destination.snapshot.dataset();
  if (error.subject.empty()) error.subject = dataset;
  if (!receiving.options.resumable && !header.resuming) return error;
  const auto partial = zfs::read_partial_receive(handle, dataset);
  const bool is_left = partial.ok() && partial.value();
  const bool is_ours = is_left ? partial.value()->token != destination.token_left &&
                                     partial.value()->decoded.to_guid.value == header.to_guid.value
                               : !partial.ok() && !destination.has_leftover;
  if (is_ours && receiving.noted) receiving.noted(destination.snapshot, header.to_guid);
  if (is_left)
    error.faults.push_back(
        {.subject = dataset,
         .detail = "what has come is kept until it is aborted; dataset.get_partial_receive shows "
                   "the token by which the sender goes on from there"});
  return error;
}

// The kernel's own way to force an incremental stream destroys at its end all snapshots that have
// come to be meanwhile. So the dataset is rolled back first, and must stay as it is.
Result<Nothing> roll_back(Context& context, const zfs::Handle& handle,
                          const Destination& destination) {
  if (destination.roll_back_to.empty()) return Nothing{};
  const std::string dataset = destination.snapshot.dataset();
  const auto hold = TRY(context.trees.hold({{dataset, Touch::change}}));
  TRY(zfs::rollback(handle, dataset, destination.roll_back_to));
  return Nothing{};
}

Result<zfs::Received> receive_stream(Context& context, const zfs::Handle& handle,
                                     const Receiving& receiving, const Destination& destination,
                                     const Incoming::Header& raw_header,
                                     const model::StreamHeader& header, const Settings& settings,
                                     const Incoming& incoming) {
  const model::ReceiveOptions& options = receiving.options;
  // What came before there was anything to interrupt did nothing.
  if (context.work->is_canceled()) return Error::of(Code::canceled, "the transfer was canceled");
  TRY(roll_back(context, handle, destination));
  auto received = zfs::receive(handle,
                               {.snapshot = destination.snapshot.text(),
                                .header = raw_header,
                                .origin = options.origin ? options.origin->text() : std::string(),
                                .force = options.force && destination.roll_back_to.empty(),
                                // Else what was kept would go with the rest that breaks off.
                                .resumable = options.resumable || header.resuming,
                                .heal = options.heal,
                                .received = &settings.received,
                                .overrides = &settings.overrides,
                                .key = receiving.key},
                               incoming.pipe());
  if (!received.ok())
    return explain(handle, receiving, destination, header, std::move(received).error());
  return received;
}

// What is there stays as it is; the sender may not even know, and goes on to the end.
Result<model::Received> pass_over(const Incoming& incoming, model::Received received) {
  TRY(incoming.drop_rest());
  return received;
}

}  // namespace

Result<model::Received> receive_for_job(Context& context, const Receiving& receiving, int pipe) {
  const auto interruptible = context.work->interruptible();
  const Incoming incoming(*context.work, pipe);
  const Incoming::Header raw_header = TRY(incoming.read_header());
  const model::StreamHeader header = TRY(model::parse_stream_header(raw_header));
  const zfs::Handle handle = TRY(context.device.open());
  const Destination destination = TRY(read_destination(context, handle, receiving.options, header));
  const ReceiveEvidence evidence{
      .snapshot = destination.snapshot, .stream = header, .heal = receiving.options.heal};
  model::Received received = received_of(evidence);
  if (receiving.noted) receiving.noted(destination.snapshot, {});
  const Settings settings = TRY(settings_of(context, receiving, header));
  received.dry_run = receiving.options.dry_run;
  if (destination.is_there && !receiving.options.heal) {
    received.already_received = true;
    received.bytes = 0;
    return pass_over(incoming, std::move(received));
  }
  if (receiving.options.dry_run) {
    TRY(check_base(context, handle, destination, receiving.options, header));
    received.bytes = 0;
    return pass_over(incoming, std::move(received));
  }

  TRY(context.work->begin(encode_evidence(evidence)));
  const std::string dataset = destination.snapshot.dataset();
  if (receiving.options.create_parents && destination.is_new_dataset)
    received.created_parents =
        TRY(zfs::create_parents(handle, model::DatasetName::parse(dataset).value()));
  auto outcome = receive_stream(context, handle, receiving, destination, raw_header, header,
                                settings, incoming);
  if (!outcome.ok()) {
    outcome.error().applied = received.created_parents;
    return std::move(outcome).error();
  }
  received.bytes = outcome.value().bytes + raw_header.size();
  for (const zfs::RefusedProperty& refused : outcome.value().refused)
    received.failed_properties.push_back(skipped(refused.name, refused.os_errno, ""));
  for (const std::string& parent : received.created_parents)
    if (auto mounted = mount_if_wanted(handle, parent, context.release); !mounted.ok())
      received.failed_mount = skipped(parent, mounted.error().os_errno, mounted.error().detail);
  if (destination.is_new_dataset && !receiving.options.unmounted)
    if (auto mounted = mount_if_wanted(handle, dataset, context.release); !mounted.ok())
      received.failed_mount = skipped(dataset, mounted.error().os_errno, mounted.error().detail);
  TRY(check_end(incoming, destination.snapshot));
  return received;
}

Result<Finding> judge_received(Context& context, const json::Object& noted) {
  const auto evidence = decode_evidence<ReceiveEvidence>(noted);
  if (!evidence)
    return Finding{.state = model::JobState::undetermined,
                   .error = Error::of(Code::interrupted,
                                      "another version of the daemon has begun "
                                      "this")};
  // The snapshot was there before, and does not tell which of its blocks were repaired.
  if (evidence->heal)
    return Finding{.state = model::JobState::undetermined,
                   .error = Error{.code = Code::interrupted,
                                  .subject = evidence->snapshot.text(),
                                  .detail = "the daemon was interrupted; what was repaired until "
                                            "then stays so, and the rest can be sent again"}};
  const zfs::Handle handle = TRY(context.device.open());
  const auto found = zfs::read_snapshot(handle, evidence->snapshot.text(), context.release);
  if (!found.ok() && found.error().os_errno != ENOENT) return found.error();
  if (found.ok() && found.value().guid.value == evidence->stream.to_guid.value)
    return Finding{.state = model::JobState::succeeded,
                   .result = describe::encode(received_of(*evidence))};
  const auto partial = zfs::read_partial_receive(handle, evidence->snapshot.dataset());
  if (!partial.ok() && partial.error().os_errno != ENOENT) return partial.error();
  const bool can_go_on = partial.ok() && partial.value() &&
                         partial.value()->decoded.to_guid.value == evidence->stream.to_guid.value;
  return Finding{
      .state = model::JobState::failed,
      .error =
          Error{.code = Code::interrupted,
                .subject = evidence->snapshot.dataset(),
                .detail = can_go_on ? "the daemon was interrupted; what has come is kept, and "
                                      "dataset.get_partial_receive shows how to go on"
                                    : "the daemon was interrupted, and nothing of it is left"}};
}

}  // namespace zfsrest::ops
