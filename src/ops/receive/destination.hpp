// Where a stream goes, from what was asked for and what the stream says of itself.
#pragma once

#include "model/receive.hpp"
#include "ops/context.hpp"

namespace zfsrest::ops {

// The name that the snapshot gets. Fails with bad_request if none follows.
Result<model::SnapshotName> name_received(const model::ReceiveOptions& options,
                                          const model::StreamHeader& header);

struct Destination {
  model::SnapshotName snapshot;
  bool is_there = false;        // the very snapshot
  bool is_new_dataset = false;  // the dataset is not there, or only for a receive that broke off
  bool has_leftover = false;    // the dataset has something of a receive that broke off
  std::string token_left{};     // its token, if it has
  // Of an incremental stream with `force`: the newest snapshot, which is to be gone back to first.
  std::string roll_back_to{};
};

// Looks at what is there. Fails where something other than the stream's base would be lost: with
// `exists` if the name is another snapshot's or a redacted one's, and with newer_snapshots if
// `force` would destroy others; and where it would roll back for nothing, as the stream does not
// fit.
Result<Destination> read_destination(Context& context, const zfs::Handle& handle,
                                     const model::ReceiveOptions& options,
                                     const model::StreamHeader& header);

// Of a dry run: whether an incremental stream finds the dataset and the snapshot that it begins at,
// and a full one no dataset that it must not replace.
Result<Nothing> check_base(const Context& context, const zfs::Handle& handle,
                           const Destination& destination, const model::ReceiveOptions& options,
                           const model::StreamHeader& header);

}  // namespace zfsrest::ops
