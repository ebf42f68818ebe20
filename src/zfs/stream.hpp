// Send streams: one function per thing the kernel does with them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/resume_token.hpp"
#include "model/stream_header.hpp"
#include "zfs/device.hpp"
#include "zfs/wrapping_key.hpp"

namespace zfsrest::zfs {

// Where an interrupted stream goes on.
struct ResumePoint {
  std::uint64_t object = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // of the stream that was sent before; only estimates look at them
};

struct Send {
  // A snapshot; or a dataset, which must not be mounted or open. With `saved` it is the dataset
  // whose receive was interrupted, never its `%recv`, which the kernel finds itself.
  std::string snapshot;
  std::string from;  // an older snapshot or a bookmark, full name; empty: the stream is full
  bool large_blocks = false;
  bool embedded = false;
  bool compressed = false;
  bool raw = false;
  // What an interrupted receive has left. Where 2.4.4 receives such a stream that is incremental,
  // the token points beyond what has come, and what is resumed by that lacks data without a word.
  bool saved = false;
  std::string redaction_bookmark;  // short name, of the snapshot's dataset; empty: none
  std::optional<ResumePoint> resume;
};

// Writes the stream to `fd`, the write end of a pipe, and returns when all of it is written. Fails
// with EPIPE or EINTR when nobody reads it any more (the kernel says EINTR of any write that fails
// in the middle of a stream, and the thread gets SIGPIPE, which must be ignored), with EINTR after
// a signal, with EXDEV if `from` is no ancestor, with ENOENT or ESRCH if there is no such object,
// and with EACCES if the key is not loaded and the stream not raw. With `saved` it fails with
// wrong_state if no interrupted receive has left anything.
Result<Nothing> send(const Handle& handle, const Send& what, int fd);

// About how many bytes the stream has. Incremental from a redaction bookmark or redacted by one it
// takes as long as reading all that would be sent. Of a saved send it is what the interrupted
// receive had taken in, which the kernel itself does not estimate.
Result<std::uint64_t> estimate_send(const Handle& handle, const Send& what);

struct SendProgress {
  std::uint64_t bytes = 0;   // written to the pipe so far
  std::uint64_t blocks = 0;  // looked at, most of them because they are in the stream
};
// How far a send has got that another thread of this process has begun; both as they were given to
// it. Fails with ENOENT if it has not begun to write, or is over. Of a saved send the snapshot is
// what partial_dataset of PartialReceive says.
Result<SendProgress> read_send_progress(const Handle& handle, const std::string& snapshot, int fd);

struct Receive {
  std::string snapshot;                                      // that is to be made, or healed
  std::span<const char, model::stream_header_bytes> header;  // as read from the stream
  std::string origin;      // the snapshot that a full or incremental stream is put on as a clone
  bool force = false;      // roll back first, and let a full stream replace what is there
  bool resumable = false;  // keep what has come if the stream breaks off
  bool heal = false;       // only repair damaged blocks of the snapshot; since 2.2
  // Properties as the sender had them, and what is set here instead; an entry of the latter that is
  // a flag leaves the sender's value out.
  const NvList* received = nullptr;
  const NvList* overrides = nullptr;
  const WrappingKey* key = nullptr;  // with the properties of a new encryption root
};

struct RefusedProperty {
  std::string name;
  int os_errno = 0;
};
struct Received {
  std::uint64_t bytes = 0;  // read from `fd`
  std::vector<RefusedProperty> refused;
  // Whether properties that were received before, and are not in `received`, are still there.
  bool kept_old_properties = false;
};

// Receives the rest of the stream whose header has been read from `fd`, a pipe or a file, and
// returns when the snapshot is there. On failure the error's faults name the properties that could
// not be set, as far as the kernel says. Fails with zfs_err_stream_truncated if the
// stream ends too early, and with that or EINTR after a signal. Nothing gets mounted.
Result<Received> receive(const Handle& handle, const Receive& what, int fd);

// What a receive that was interrupted has left in a dataset.
struct PartialReceive {
  std::string token;  // as `zfs send -t` takes it
  model::ResumeToken decoded;
  // Where it is kept: the dataset itself, which is then there only for that, or its child `%recv`.
  std::string partial_dataset;
  std::string origin;  // the snapshot that it is a clone of; empty if of none
  bool is_new_dataset = false;
  std::uint64_t used_bytes = 0;
};
// Nothing if the dataset has none. Fails with ENOENT if there is no such dataset.
Result<std::optional<PartialReceive>> read_partial_receive(const Handle& handle,
                                                           const std::string& dataset);

// Destroys what an interrupted receive has left: the dataset's `%recv`, or the dataset itself if
// it is there only for that. Nothing else is ever destroyed; fails with wrong_state if there is
// nothing, and with EBUSY if a receive is going on.
Result<Nothing> abort_receive(const Handle& handle, const std::string& dataset);

}  // namespace zfsrest::zfs
