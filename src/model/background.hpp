// What ZFS does to a pool in the background, by the words of the API.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "describe/codec.hpp"
#include "model/release.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

enum class ScrubKind { all, from_last_txg, errors };

inline std::span<const describe::Word<ScrubKind>> words_of(ScrubKind) {
  static constexpr describe::Word<ScrubKind> words[] = {
      {ScrubKind::all, "all", "All that is stored."},
      {ScrubKind::from_last_txg, "from_last_txg",
       "What was written since the last scrub that finished.", release_2_3},
      {ScrubKind::errors, "errors", "The blocks that are known to be damaged.", release_2_2},
  };
  return words;
}

// Which blocks a scrub reads: all of the kind, or those written in a span of time.
struct Scrub {
  ScrubKind kind = ScrubKind::all;
  std::optional<Time> since;
  std::optional<Time> until;
};

// In the order of the kernel's numbers.
enum class Activity {
  discard_checkpoint,
  free,
  initialize,
  replace,
  remove,
  resilver,
  scrub,
  trim,
  expand_raidz
};

inline std::span<const describe::Word<Activity>> words_of(Activity) {
  static constexpr describe::Word<Activity> words[] = {
      {Activity::discard_checkpoint, "discard_checkpoint", "The discarding of a checkpoint."},
      {Activity::free, "free", "The freeing of what was destroyed."},
      {Activity::initialize, "initialize", "The initializing of vdevs."},
      {Activity::replace, "replace", "The replacing of devices."},
      {Activity::remove, "remove", "The removal of a top-level vdev."},
      {Activity::resilver, "resilver", "A resilver."},
      {Activity::scrub, "scrub", "A scrub that is not paused."},
      {Activity::trim, "trim", "The trimming of vdevs."},
      {Activity::expand_raidz, "expand_raidz", "The expansion of a raidz.", release_2_3},
  };
  return words;
}

enum class PrefetchKind { ddt, brt };

inline std::span<const describe::Word<PrefetchKind>> words_of(PrefetchKind) {
  static constexpr describe::Word<PrefetchKind> words[] = {
      {PrefetchKind::ddt, "ddt", "The deduplication tables."},
      {PrefetchKind::brt, "brt", "The tables of cloned blocks.", release_2_4},
  };
  return words;
}

enum class PruneUnit { age, percentage };

}  // namespace zfsrest::model
