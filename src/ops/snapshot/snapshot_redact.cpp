#include "api/snapshot/snapshot_redact.hpp"

#include "ops/evidence.hpp"
#include "ops/run.hpp"
#include "zfs/bookmark.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// What tells the bookmark of this snapshot from another's.
struct RedactionEvidence {
  model::Guid snapshot;
  static constexpr auto fields() {
    return std::tuple{
        describe::required("snapshot", &RedactionEvidence::snapshot, "The snapshot.")};
  }
};

}  // namespace

template <>
Result<Nothing> ready<api::SnapshotRedact>(Context& context,
                                           const api::SnapshotRedact::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  TRY(zfs::read_snapshot(handle, request.snapshot.text(), context.release));
  for (const model::SnapshotName& other : request.redaction_snapshots)
    TRY(zfs::read_snapshot(handle, other.text(), context.release));
  const auto bookmark = zfs::read_bookmark(handle, request.bookmark, context.release);
  // One that is incomplete is gone on with.
  if (bookmark.ok() && bookmark.value().redact_complete.value_or(true))
    return Error::of_errno(EEXIST, request.bookmark.text());
  return Nothing{};
}

template <>
Result<model::Bookmark> run<api::SnapshotRedact>(Context& context,
                                                 const api::SnapshotRedact::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const model::Snapshot snapshot =
      TRY(zfs::read_snapshot(handle, request.snapshot.text(), context.release));
  TRY(context.work->begin(encode_evidence(RedactionEvidence{.snapshot = snapshot.guid})));
  std::vector<std::string> others;
  others.reserve(request.redaction_snapshots.size());
  for (const model::SnapshotName& other : request.redaction_snapshots)
    others.push_back(other.text());
  {
    const auto interruptible = context.work->interruptible();
    if (context.work->is_canceled()) return Error::of(Code::canceled, "the job was canceled");
    auto redacted =
        zfs::redact(handle, request.snapshot.text(), request.bookmark.short_name(), others);
    if (!redacted.ok()) {
      if (redacted.error().os_errno == EINTR && context.work->is_canceled())
        return Error::of(Code::canceled, "the job was canceled; the bookmark is incomplete");
      return std::move(redacted).error();
    }
  }
  return zfs::read_bookmark(handle, request.bookmark, context.release);
}

template <>
Result<Finding> judge<api::SnapshotRedact>(Context& context,
                                           const api::SnapshotRedact::Request& request,
                                           const json::Object& noted) {
  const auto evidence = decode_evidence<RedactionEvidence>(noted);
  const zfs::Handle handle = TRY(context.device.open());
  auto found = zfs::read_bookmark(handle, request.bookmark, context.release);
  const bool is_absent =
      !found.ok() && (found.error().os_errno == ENOENT || found.error().os_errno == ESRCH);
  if (!found.ok() && !is_absent) return std::move(found).error();
  if (found.ok() && evidence && found.value().guid.value == evidence->snapshot.value &&
      found.value().redact_complete.value_or(false))
    return Finding{.state = model::JobState::succeeded, .result = describe::encode(found.value())};
  return Finding{.state = model::JobState::failed,
                 .error = Error::of(Code::interrupted,
                                    "the daemon was interrupted before the bookmark was complete; "
                                    "the same request goes on with it")};
}

}  // namespace zfsrest::ops
