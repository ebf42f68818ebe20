// What is to be sent, from how a request says it.
#pragma once

#include "api/snapshot/send_options.hpp"
#include "ops/context.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {

// Looks up what a resume token means here. Fails with not_found if the snapshot is not there, or if
// what the stream was incremental from is not there any more, and with wrong_state if the token is
// of another snapshot.
Result<zfs::Send> read_send(Context& context, const zfs::Handle& handle,
                            const api::SendOptions& options);

// About how many bytes the stream has; nothing where ZFS would have to read all of it to tell.
std::optional<std::uint64_t> find_estimate(const zfs::Handle& handle, const zfs::Send& send,
                                           model::Release release);

}  // namespace zfsrest::ops
