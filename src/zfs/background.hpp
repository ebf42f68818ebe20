// What the kernel does to a pool in the background once it is told to, and waiting for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/background.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// Starts a scrub, or lets a paused one go on. Fails with the errno: EBUSY if the pool is scanned
// already; 1029 or 1030 where the release has no such scrub.
Result<Nothing> start_scrub(const Handle& handle, const std::string& pool,
                            const model::Scrub& scrub);
// Both are about the one that runs, whatever its kind, and fail with ENOENT if there is none.
Result<Nothing> pause_scrub(const Handle& handle, const std::string& pool);
Result<Nothing> stop_scrub(const Handle& handle, const std::string& pool);

enum class VdevCommand : std::uint64_t { start = 0, cancel = 1, suspend = 2, uninitialize = 3 };

// What was refused, by leaf; the others were told. Fails if none could be.
using Refusals = std::vector<Fault>;
Result<Refusals> initialize(const Handle& handle, const std::string& pool, VdevCommand command,
                            const std::vector<model::Guid>& leaves);
// `rate` is in bytes per second and leaf.
struct TrimOptions {
  std::optional<std::uint64_t> rate;
  bool is_secure = false;
};
Result<Refusals> trim(const Handle& handle, const std::string& pool, VdevCommand command,
                      const TrimOptions& options, const std::vector<model::Guid>& leaves);

// Waits until the activity, of one leaf if it is given, has ended; for as long as that takes, or
// until a signal comes (EINTR). False if there was nothing to wait for.
Result<bool> wait_for(const Handle& handle, const std::string& pool, model::Activity activity,
                      std::optional<model::Guid> leaf);
// The same for what the deletion of files leaves to do in a file system.
Result<bool> wait_for_deletions(const Handle& handle, const std::string& filesystem);

// Loads tables into memory; it takes as long as reading them does.
Result<Nothing> prefetch(const Handle& handle, const std::string& pool, model::PrefetchKind kind);

// Takes entries that nothing is shared by out of the deduplication table, the oldest first.
Result<Nothing> prune_dedup_table(const Handle& handle, const std::string& pool,
                                  model::PruneUnit unit, std::uint64_t amount);

}  // namespace zfsrest::zfs
