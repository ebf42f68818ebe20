// What is in the token of an interrupted receive: which stream it was, and where it broke off.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "describe/codec.hpp"
#include "model/names.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// The longest token that is read.
inline constexpr std::size_t most_token_bytes = std::size_t{64} * 1024;

// A token as ZFS writes it; whether it means anything, only its content tells.
class ResumeTokenText : public Name {
 public:
  ResumeTokenText() = default;
  static Result<ResumeTokenText> parse(std::string_view text);
  static describe::TextShape shape();

 private:
  using Name::Name;
};

struct ResumeToken {
  static constexpr std::string_view schema_name = "ResumeToken";
  SnapshotName to_name;
  Guid to_guid;
  std::optional<Guid> from_guid;
  std::uint64_t object = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  bool large_blocks = false;
  bool embedded = false;
  bool compressed = false;
  bool raw = false;
  bool saved = false;
  std::optional<std::vector<Guid>> redact_snaps;
  std::optional<std::vector<Guid>> from_redact_snaps;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("to_name", &ResumeToken::to_name,
                 "The name that the snapshot had where the stream was made."),
        required("to_guid", &ResumeToken::to_guid, "The guid of that snapshot."),
        required("from_guid", &ResumeToken::from_guid,
                 "The guid of the snapshot from which the stream is incremental, or null if it is "
                 "full."),
        required("object", &ResumeToken::object, "The object at which the stream goes on."),
        required("offset", &ResumeToken::offset, "The byte of that object."),
        required("bytes", &ResumeToken::bytes,
                 "How many bytes of the stream were received and are kept."),
        required("large_blocks", &ResumeToken::large_blocks,
                 "Whether the stream has to be made with `large_blocks`."),
        required("embedded", &ResumeToken::embedded,
                 "Whether the stream has to be made with `embedded`."),
        required("compressed", &ResumeToken::compressed,
                 "Whether the stream has to be made with `compressed`."),
        required("raw", &ResumeToken::raw, "Whether the stream has to be made with `raw`."),
        required("saved", &ResumeToken::saved,
                 "Whether the stream was itself of what an interrupted receive had left."),
        required("redact_snaps", &ResumeToken::redact_snaps,
                 "The guids of the snapshots with respect to which the stream is redacted, or null "
                 "if it is not; the bookmark that it is made with redacts with respect to the "
                 "same."),
        required("from_redact_snaps", &ResumeToken::from_redact_snaps,
                 "If the stream is incremental from a redaction bookmark, the guids of the "
                 "snapshots with respect to which that redacts, else null."),
    };
  }
};

}  // namespace zfsrest::model
