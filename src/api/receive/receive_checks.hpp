// What a request to receive a stream gets wrong as a whole, and what the kernel says of streams.
#pragma once

#include "api/fields.hpp"
#include "api/transfer_rate.hpp"
#include "base/errno_name.hpp"
#include "model/receive.hpp"

namespace zfsrest::api {

void check_receive(const model::ReceiveOptions& options, const describe::Spot& spot);

// The kernel says no more than this of what it does not take.
inline constexpr Few<ErrnoRule, 24> receive_errors{
    {ENOENT, Code::not_found,
     "The parent, the dataset or the snapshot that it needs is not there; `create_parents` makes "
     "parents."},
    {EEXIST, Code::exists,
     "The dataset exists, and a full stream takes its place only with `force`."},
    {ENODEV, Code::wrong_state,
     "The dataset has not the snapshot that the stream is incremental from."},
    {ETXTBSY, Code::wrong_state,
     "The dataset was changed since the snapshot that the stream is incremental from; `force` "
     "rolls it back."},
    {EBUSY, Code::busy,
     "It is being received already, or an interrupted receive has left something: resume or abort "
     "that."},
    {zfs_err_resume_exists, Code::exists,
     "The stream takes the place of the dataset, and goes on only with `force`, as it began."},
    {EINVAL, Code::bad_stream,
     "The stream is malformed, or does not fit: a rest goes on where its token says, a raw stream "
     "on a raw one, a clone's needs `origin`, and a key needs the property `encryption`."},
    {EBADE, Code::bad_stream, "A checksum in the stream is wrong: it was damaged on its way."},
    {zfs_err_stream_truncated, Code::bad_stream, "The stream ended before its end."},
    {E2BIG, Code::bad_stream, "A record of the stream is too large."},
    {ENOTSUP, Code::wrong_state, "The pool has not enabled a feature that the stream needs."},
    {EACCES, Code::key_not_loaded, "The dataset is encrypted and its key is not loaded."},
    {EDQUOT, Code::no_space, "A quota or a limit leaves no room."},
    {zfs_err_wrong_parent, Code::wrong_state,
     "The parent is a volume; only file systems have children."},
    {zfs_err_unknown_send_stream_feature, Code::wrong_state,
     "The stream has a feature that this release of OpenZFS does not know."},
    {zfs_err_stream_large_block_mismatch, Code::wrong_state,
     "It was received with large blocks before; send it with `large_blocks`."},
    {zfs_err_spill_block_flag_missing, Code::bad_stream,
     "The stream was made by a release with a fault in spill blocks, and cannot be received."},
    {zfs_err_from_ivset_guid_missing, Code::wrong_state,
     "The snapshot that the raw stream is incremental from does not know its IV set."},
    {zfs_err_from_ivset_guid_mismatch, Code::wrong_state,
     "The raw stream is incremental from another IV set than that of the snapshot."},
    {zfs_err_crypto_notsup, Code::wrong_state, "The cipher is not available on this host."},
    read_only_pool};

}  // namespace zfsrest::api
