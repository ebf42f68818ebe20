// What can be asked for of a stream, be it to get it or to know how large it would be.
#pragma once

#include <optional>
#include <string>

#include "api/fields.hpp"
#include "base/errno_name.hpp"
#include "model/names.hpp"
#include "model/resume_token.hpp"

namespace zfsrest::api {

struct SendOptions {
  model::SnapshotName snapshot;
  std::optional<model::BookmarkSource> from;
  bool raw = false;
  bool compressed = false;
  bool large_blocks = false;
  bool embedded = false;
  std::optional<model::BookmarkName> redaction_bookmark;
  std::optional<model::ResumeTokenText> resume_token;
  static constexpr auto fields() {
    return std::tuple{
        required("snapshot", &SendOptions::snapshot, "The snapshot."),
        optional("from", &SendOptions::from,
                 "The full name of an earlier snapshot of it, of a bookmark of one, or of the "
                 "snapshot that it is a clone of: the stream has what changed since. Without it "
                 "the stream is full."),
        optional("raw", &SendOptions::raw,
                 "Send blocks as they are on disk, and encrypted ones without opening them: the "
                 "key need not be loaded, and the receiver need not have it."),
        optional("compressed", &SendOptions::compressed,
                 "Send blocks as they are compressed on disk."),
        optional("large_blocks", &SendOptions::large_blocks,
                 "Send blocks of more than 128 KiB as a whole; raw streams do so where they must."),
        optional("embedded", &SendOptions::embedded,
                 "Send blocks that are so small that they are kept in their pointers as such."),
        optional("redaction_bookmark", &SendOptions::redaction_bookmark,
                 "The full name of a redaction bookmark of the snapshot: what it redacts is left "
                 "out."),
        optional("resume_token", &SendOptions::resume_token,
                 "Go on where a receive broke off, whose token this is. It says all else by "
                 "itself."),
    };
  }
  static std::string subject(const SendOptions& request) { return request.snapshot.text(); }
  static void check(const SendOptions& request, const Spots& spots);
};

// What the kernel says of a stream that it is to make.
inline constexpr ErrnoRule not_an_ancestor{
    EXDEV, Code::bad_request, "`from` is neither an earlier snapshot of it nor of its origin."};
inline constexpr ErrnoRule no_such_from{
    ESRCH, Code::not_found, "There is no bookmark `from`, or none `redaction_bookmark`."};
inline constexpr ErrnoRule options_do_not_fit{EINVAL, Code::bad_request,
                                              "The options do not fit the snapshot: `from` is "
                                              "younger, or the bookmark is none that redacts."};
inline constexpr ErrnoRule sending_needs_key{
    EACCES, Code::key_not_loaded,
    "The snapshot is encrypted and its key is not loaded; `raw` sends it as it is."};
inline constexpr ErrnoRule needs_large_blocks{zfs_err_stream_large_microzap, Code::bad_request,
                                              "It has directories that need `large_blocks`."};

}  // namespace zfsrest::api
