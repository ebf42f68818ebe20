// The record that a send stream begins with: what is in the stream, before any of it is received.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "describe/codec.hpp"
#include "model/dataset.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// The record's exact length. Whoever hands a stream to the kernel reads this much of it, and not
// one byte more.
inline constexpr std::size_t stream_header_bytes = 312;

struct StreamHeader {
  static constexpr std::string_view schema_name = "StreamHeader";
  std::string to_name;
  Guid to_guid;
  std::optional<Guid> from_guid;
  Time created;
  DatasetType type{};
  bool clone = false;
  bool large_blocks = false;
  bool embedded = false;
  bool compressed = false;
  bool raw = false;
  bool redacted = false;
  bool resuming = false;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("to_name", &StreamHeader::to_name,
                 "The name that the snapshot had where the stream was made; of a dataset that was "
                 "sent without a snapshot it ends with `@--head--`."),
        required("to_guid", &StreamHeader::to_guid, "The guid of the snapshot in the stream."),
        required("from_guid", &StreamHeader::from_guid,
                 "The guid of the snapshot from which the stream is incremental, or null if it is "
                 "full."),
        required("created", &StreamHeader::created, "When the snapshot was created."),
        required("type", &StreamHeader::type, "What the snapshot is one of."),
        required("clone", &StreamHeader::clone,
                 "Whether the stream is of a clone and incremental from its origin."),
        required("large_blocks", &StreamHeader::large_blocks,
                 "Whether it may hold blocks larger than 128 KiB."),
        required("embedded", &StreamHeader::embedded,
                 "Whether it may hold blocks that are embedded in their pointers."),
        required("compressed", &StreamHeader::compressed,
                 "Whether it holds blocks as they are compressed on disk."),
        required("raw", &StreamHeader::raw,
                 "Whether it holds blocks exactly as they are on disk, encrypted ones unopened."),
        required("redacted", &StreamHeader::redacted, "Whether parts of it were redacted."),
        required("resuming", &StreamHeader::resuming,
                 "Whether it goes on with a receive that was interrupted."),
    };
  }
};

// Takes the record in either byte order. Fails with bad_stream and a sentence about what the bytes
// are instead: no stream, a package of several snapshots, a deduplicated stream. Features that
// nobody here knows are the kernel's to refuse.
Result<StreamHeader> parse_stream_header(std::span<const char, stream_header_bytes> bytes);

}  // namespace zfsrest::model
