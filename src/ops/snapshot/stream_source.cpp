#include "ops/snapshot/stream_source.hpp"

#include <algorithm>
#include <limits>

#include "model/property_values.hpp"
#include "model/resume_token.hpp"
#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/iterate.hpp"
#include "zfs/resume_token.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// All bookmarks of a dataset.
Result<std::vector<model::Bookmark>> read_all_bookmarks(const zfs::Handle& handle,
                                                        const std::string& dataset,
                                                        model::Release release) {
  zfs::BookmarkPosition at{};
  return zfs::read_bookmarks(handle, dataset, at, std::numeric_limits<std::size_t>::max(), release);
}

using Redaction = std::optional<std::vector<model::Guid>>;

// Whether both redact with respect to the same snapshots, or neither does.
bool is_same(Redaction one, Redaction other) {
  if (!one || !other) return one.has_value() == other.has_value();
  constexpr auto value_of = [](model::Guid guid) { return guid.value; };
  std::ranges::sort(*one, {}, value_of);
  std::ranges::sort(*other, {}, value_of);
  return std::ranges::equal(*one, *other, {}, value_of, value_of);
}

// A stream is incremental from a snapshot of the dataset, from a bookmark of it, or from a snapshot
// of what it is a clone of, at any remove. What redacts a snapshot has its guid too, and what is
// made from the one is not what is made from the other.
Result<std::string> find_from(const zfs::Handle& handle, const std::string& dataset,
                              model::Guid guid, const Redaction& redaction,
                              model::Release release) {
  std::string lineage = dataset;
  for (;;) {
    const auto snapshot = TRY(zfs::find_by_guid(handle, lineage, guid, release));
    if (snapshot && TRY(zfs::is_redacted(handle, *snapshot)) == redaction.has_value())
      return *snapshot;
    const auto bookmarks = TRY(read_all_bookmarks(handle, lineage, release));
    const auto found = std::ranges::find_if(bookmarks, [&](const model::Bookmark& one) {
      return one.guid.value == guid.value && is_same(one.redact_snaps, redaction);
    });
    if (found != bookmarks.end()) return found->name.text();
    const model::Dataset clone = TRY(zfs::read_dataset(handle, lineage, release));
    const std::string origin = model::text_of(clone.properties, "origin");
    if (origin.empty())
      return Error{.code = Code::not_found,
                   .subject = dataset,
                   .detail = std::string("what the stream is incremental from, the ") +
                             (redaction ? "redaction bookmark of the snapshot" : "snapshot") +
                             " of guid " + guid.text() + ", is not there any more" +
                             (redaction ? "" : ", and no bookmark of it")};
    lineage = origin.substr(0, origin.find('@'));
  }
}

// The bookmark that redacts with respect to just these snapshots.
Result<std::string> find_redaction(const zfs::Handle& handle, const std::string& dataset,
                                   const Redaction& redaction, model::Release release) {
  for (const model::Bookmark& bookmark : TRY(read_all_bookmarks(handle, dataset, release)))
    if (is_same(bookmark.redact_snaps, redaction)) return bookmark.name.short_name();
  return Error{.code = Code::not_found,
               .subject = dataset,
               .detail =
                   "the redaction bookmark that the stream was made with is not there any "
                   "more"};
}

Result<zfs::Send> resumed(Context& context, const zfs::Handle& handle,
                          const api::SendOptions& options, const model::Snapshot& snapshot) {
  const model::ResumeToken token = TRY(zfs::parse_resume_token(options.resume_token->text()));
  if (token.to_guid.value != snapshot.guid.value)
    return Error{.code = Code::wrong_state,
                 .subject = snapshot.name.text(),
                 .detail = "the resume token is of another snapshot, which was " +
                           token.to_name.text() + " and has the guid " + token.to_guid.text()};
  if (token.saved)
    return Error{.code = Code::wrong_state,
                 .subject = snapshot.name.text(),
                 .detail =
                     "the resume token is of a stream of what an interrupted receive had "
                     "left; it goes on there, or anew from the snapshot"};
  zfs::Send send{.snapshot = snapshot.name.text(),
                 .from = {},
                 .large_blocks = token.large_blocks,
                 .embedded = token.embedded,
                 .compressed = token.compressed,
                 .raw = token.raw,
                 .redaction_bookmark = {},
                 .resume = zfs::ResumePoint{
                     .object = token.object, .offset = token.offset, .bytes = token.bytes}};
  const std::string dataset = snapshot.name.dataset();
  if (token.from_guid)
    send.from =
        TRY(find_from(handle, dataset, *token.from_guid, token.from_redact_snaps, context.release));
  if (options.redaction_bookmark)
    send.redaction_bookmark = options.redaction_bookmark->short_name();
  else if (token.redact_snaps)
    send.redaction_bookmark =
        TRY(find_redaction(handle, dataset, token.redact_snaps, context.release));
  return send;
}

// The kernel does not say which of the two is not there.
Result<Nothing> check_from(const zfs::Handle& handle, const std::string& from,
                           model::Release release) {
  if (from.find('@') != std::string::npos) {
    TRY(zfs::read_snapshot(handle, from, release));
  } else {
    const model::BookmarkName name = TRY(model::BookmarkName::parse(from));
    TRY(zfs::read_bookmark(handle, name, release));
  }
  return Nothing{};
}

}  // namespace

Result<zfs::Send> read_send(Context& context, const zfs::Handle& handle,
                            const api::SendOptions& options) {
  const model::Snapshot snapshot =
      TRY(zfs::read_snapshot(handle, options.snapshot.text(), context.release));
  if (options.resume_token) return resumed(context, handle, options, snapshot);
  if (options.from) TRY(check_from(handle, options.from->text(), context.release));
  return zfs::Send{.snapshot = options.snapshot.text(),
                   .from = options.from ? options.from->text() : std::string(),
                   .large_blocks = options.large_blocks,
                   .embedded = options.embedded,
                   .compressed = options.compressed,
                   .raw = options.raw,
                   .redaction_bookmark = options.redaction_bookmark
                                             ? options.redaction_bookmark->short_name()
                                             : std::string(),
                   .resume = {}};
}

std::optional<std::uint64_t> find_estimate(const zfs::Handle& handle, const zfs::Send& send,
                                           model::Release release) {
  if (!send.redaction_bookmark.empty()) return {};
  if (send.from.find('#') != std::string::npos) {
    // One that knows what was written since says what is referenced as well.
    const auto name = model::BookmarkName::parse(send.from);
    const auto bookmark = name.ok() ? zfs::read_bookmark(handle, name.value(), release)
                                    : Result<model::Bookmark>(name.error());
    if (!bookmark.ok() || bookmark.value().redact_snaps) return {};
    if (!model::find_value<std::uint64_t>(bookmark.value().properties, "referenced")) return {};
  }
  const auto bytes = zfs::estimate_send(handle, send);
  return bytes.ok() ? std::optional(bytes.value()) : std::nullopt;
}

}  // namespace zfsrest::ops
