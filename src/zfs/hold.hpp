// Holds on snapshots: one function per thing the kernel does with them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/hold.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// A snapshot's holds, in the kernel's order. Fails with ENOENT if there is no such snapshot.
Result<std::vector<model::Hold>> read_holds(const Handle& handle, const std::string& snapshot);

// What a batch passed over because it did not exist.
struct Absent {
  std::set<std::string> snapshots;    // full names
  std::set<model::SnapshotTag> tags;  // of snapshots that exist
};

// Whose close ends the holds: that of an open file description of /dev/zfs, or nothing's.
inline constexpr int permanent = -1;

// Makes all holds whose snapshots exist, at one moment, or none. The snapshots are of one pool, and
// no hold stands twice. On failure the error's faults name snapshots.
Result<Absent> hold_snapshots(const Handle& handle, const std::vector<model::SnapshotTag>& holds,
                              int cleanup_fd);

// Releases all of the holds that exist, at one moment, or none. The snapshots are of one pool.
Result<Absent> release_snapshots(const Handle& handle,
                                 const std::vector<model::SnapshotTag>& holds);

}  // namespace zfsrest::zfs
