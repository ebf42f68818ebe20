// Snapshots: one function per thing the kernel does with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/dataset.hpp"
#include "model/selection.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

Result<model::Snapshot> read_snapshot(const Handle& handle, const std::string& name,
                                      model::Release release);

// Whether it lacks data that another one of the same guid has.
Result<bool> is_redacted(const Handle& handle, const std::string& name);

// The number that the pool itself knows a snapshot by. It is the same under every name that the
// snapshot gets, and another's once the snapshot is gone.
Result<std::uint64_t> read_object(const Handle& handle, const std::string& name);

// The full name of the snapshot with that number; nothing if there is none, or no such pool.
Result<std::optional<std::string>> find_snapshot(const Handle& handle, const std::string& pool,
                                                 std::uint64_t object);

// The snapshot that a listing or stats ioctl has just described.
model::Snapshot snapshot_of(const Handle& handle, const Command& command, NvView listed,
                            model::Release release, const model::Selection& selection = {});

// Creates all or none, at one moment. The names are of one pool, one of each dataset at most. The
// error's faults name the snapshots that could not be made.
Result<Nothing> create_snapshots(const Handle& handle, const std::vector<std::string>& names,
                                 const NvList& properties);

enum class Defer { no, yes };
// Destroys all or none; names that do not exist are passed over. The names are of one pool.
Result<Nothing> destroy_snapshots(const Handle& handle, const std::vector<std::string>& names,
                                  Defer defer);

// Goes back to `snapshot`, or to the newest if it is empty, and returns the full name of the one
// gone back to.
Result<std::string> rollback(const Handle& handle, const std::string& dataset,
                             const std::string& snapshot);

// Makes a redaction bookmark of `snapshot`, under its short name, or goes on with one that is
// incomplete. It takes long, and a signal ends it (EINTR).
Result<Nothing> redact(const Handle& handle, const std::string& snapshot,
                       const std::string& bookmark, const std::vector<std::string>& redacting);

// What destroying all snapshots from the first to the last, of one dataset, would free.
Result<std::uint64_t> read_range_space(const Handle& handle, const std::string& first,
                                       const std::string& last);

}  // namespace zfsrest::zfs
