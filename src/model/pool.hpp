// Pools and their health as the API shows them.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "describe/codec.hpp"
#include "model/names.hpp"
#include "model/property_json.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

// The kernel's states in its order, then those of hot spares.
enum class VdevState {
  unknown,
  closed,
  offline,
  removed,
  cant_open,
  faulted,
  degraded,
  healthy,
  available,
  in_use
};

inline std::span<const describe::Word<VdevState>> words_of(VdevState) {
  static constexpr describe::Word<VdevState> words[] = {
      {VdevState::unknown, "unknown", ""},     {VdevState::closed, "closed", ""},
      {VdevState::offline, "offline", ""},     {VdevState::removed, "removed", ""},
      {VdevState::cant_open, "unavail", ""},   {VdevState::faulted, "faulted", ""},
      {VdevState::degraded, "degraded", ""},   {VdevState::healthy, "online", ""},
      {VdevState::available, "available", ""}, {VdevState::in_use, "in_use", ""},
  };
  return words;
}

enum class ScanFunction { scrub, resilver };

inline std::span<const describe::Word<ScanFunction>> words_of(ScanFunction) {
  static constexpr describe::Word<ScanFunction> words[] = {
      {ScanFunction::scrub, "scrub", ""},
      {ScanFunction::resilver, "resilver", ""},
  };
  return words;
}

enum class ScanState { scanning, paused, finished, canceled };

inline std::span<const describe::Word<ScanState>> words_of(ScanState) {
  static constexpr describe::Word<ScanState> words[] = {
      {ScanState::scanning, "scanning", ""},
      {ScanState::paused, "paused", ""},
      {ScanState::finished, "finished", ""},
      {ScanState::canceled, "canceled", ""},
  };
  return words;
}

// The last or running scrub or resilver of a pool.
struct Scan {
  static constexpr std::string_view schema_name = "Scan";
  ScanFunction function = ScanFunction::scrub;
  ScanState state = ScanState::scanning;
  Time started;
  std::optional<Time> ended;
  std::uint64_t total_bytes = 0;
  std::uint64_t examined_bytes = 0;
  std::uint64_t issued_bytes = 0;
  std::uint64_t repaired_bytes = 0;
  std::uint64_t errors = 0;
  static constexpr auto fields() {
    using describe::optional, describe::required;
    return std::tuple{
        required("function", &Scan::function, "What the scan is for."),
        required("state", &Scan::state, "How far it has come."),
        required("started", &Scan::started, "When it began."),
        required("ended", &Scan::ended, "When it ended; null while it has not."),
        required("total_bytes", &Scan::total_bytes, "How much there is to scan."),
        required("examined_bytes", &Scan::examined_bytes, "How much has been looked through."),
        required("issued_bytes", &Scan::issued_bytes, "How much has been read and verified."),
        required("repaired_bytes", &Scan::repaired_bytes, "How much was repaired."),
        required("errors", &Scan::errors, "How many blocks could not be repaired."),
    };
  }
};

// The last or running scrub of what is known to be damaged.
struct ErrorScrub {
  static constexpr std::string_view schema_name = "ErrorScrub";
  ScanState state = ScanState::scanning;
  Time started;
  std::optional<Time> ended;
  std::uint64_t total_blocks = 0;
  std::uint64_t examined_blocks = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("state", &ErrorScrub::state, "How far it has come."),
        required("started", &ErrorScrub::started, "When it began."),
        required("ended", &ErrorScrub::ended, "When it ended; null while it has not."),
        required("total_blocks", &ErrorScrub::total_blocks, "How many blocks there are to read."),
        required("examined_blocks", &ErrorScrub::examined_blocks, "How many were read."),
    };
  }
};

enum class CheckpointState { exists, discarding };

inline std::span<const describe::Word<CheckpointState>> words_of(CheckpointState) {
  static constexpr describe::Word<CheckpointState> words[] = {
      {CheckpointState::exists, "exists", "The pool can be taken back to it when it is imported."},
      {CheckpointState::discarding, "discarding", "It is gone; its space is being freed."},
  };
  return words;
}

// A state of the whole pool that is kept, so that it can be gone back to.
struct Checkpoint {
  static constexpr std::string_view schema_name = "Checkpoint";
  CheckpointState state = CheckpointState::exists;
  Time created;
  std::uint64_t used_bytes = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("state", &Checkpoint::state, "Whether it is still there."),
        required("created", &Checkpoint::created, "When it was taken."),
        required("used_bytes", &Checkpoint::used_bytes,
                 "How much it keeps from being freed, or, while it is discarded, how much is still "
                 "to be freed."),
    };
  }
};

enum class VdevWorkState { running, canceled, suspended, complete };

inline std::span<const describe::Word<VdevWorkState>> words_of(VdevWorkState) {
  static constexpr describe::Word<VdevWorkState> words[] = {
      {VdevWorkState::running, "running", ""},
      {VdevWorkState::canceled, "canceled", ""},
      {VdevWorkState::suspended, "suspended", ""},
      {VdevWorkState::complete, "complete", ""},
  };
  return words;
}

// How far the initializing or trimming of a leaf has come.
struct VdevWork {
  static constexpr std::string_view schema_name = "VdevWork";
  VdevWorkState state = VdevWorkState::running;
  Time changed;
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("state", &VdevWork::state, "How far it has come."),
        required("changed", &VdevWork::changed, "Since when it is in this state."),
        required("done_bytes", &VdevWork::done_bytes, "How much is done."),
        required("total_bytes", &VdevWork::total_bytes, "About how much there is to do."),
    };
  }
  friend bool operator==(const VdevWork& one, const VdevWork& other) {
    return one.state == other.state && one.changed.seconds == other.changed.seconds;
  }
};

struct VdevStatus {
  static constexpr std::string_view schema_name = "VdevStatus";
  std::string type;
  Guid guid;
  std::optional<std::string> path;
  std::optional<bool> whole_disk;
  VdevState state = VdevState::unknown;
  std::optional<std::string> reason;
  std::optional<std::uint64_t> parity;
  std::optional<std::uint64_t> draid_data;
  std::optional<std::uint64_t> draid_spares;
  std::optional<std::uint64_t> size_bytes;
  std::optional<std::uint64_t> allocated_bytes;
  std::uint64_t read_errors = 0;
  std::uint64_t write_errors = 0;
  std::uint64_t checksum_errors = 0;
  std::optional<VdevWork> initialize;
  std::optional<VdevWork> trim;
  std::vector<VdevStatus> children;
  static constexpr auto fields() {
    using describe::optional, describe::required;
    return std::tuple{
        required("type", &VdevStatus::type,
                 "`file`, `disk`, `mirror`, `raidz`, `draid`, `replacing`, `spare`, `hole`…."),
        required("guid", &VdevStatus::guid, "Its identity."),
        optional("path", &VdevStatus::path, "Where a leaf is found."),
        optional("whole_disk", &VdevStatus::whole_disk,
                 "Of a disk: whether the path is of the partition that was made on a whole disk."),
        required("state", &VdevStatus::state,
                 "Its state; a hot spare is `available`, or `in_use` for another device."),
        optional("reason", &VdevStatus::reason, "Why it is not online, as far as the kernel says."),
        optional("parity", &VdevStatus::parity, "How many leaves of a raidz or draid may fail."),
        optional("draid_data", &VdevStatus::draid_data, "Data leaves per group of a draid."),
        optional("draid_spares", &VdevStatus::draid_spares, "Distributed spares of a draid."),
        required("size_bytes", &VdevStatus::size_bytes,
                 "Its capacity; null for vdevs that have none of their own."),
        required("allocated_bytes", &VdevStatus::allocated_bytes,
                 "How much of it is allocated; null likewise."),
        required("read_errors", &VdevStatus::read_errors,
                 "Failed reads since the counters were cleared."),
        required("write_errors", &VdevStatus::write_errors,
                 "Failed writes since the counters were cleared."),
        required("checksum_errors", &VdevStatus::checksum_errors,
                 "Wrong checksums since the counters were cleared."),
        optional("initialize", &VdevStatus::initialize,
                 "How far the leaf is initialized; missing if that was never begun."),
        optional("trim", &VdevStatus::trim,
                 "How far the last trim of the leaf has come; missing if there was none."),
        required("children", &VdevStatus::children, "The vdevs it is made of."),
    };
  }
};

// A vdev with its properties.
struct Vdev {
  static constexpr std::string_view schema_name = "Vdev";
  Guid guid;
  PoolName pool;
  Properties properties;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("guid", &Vdev::guid, "Its identity."),
        required("pool", &Vdev::pool, "The pool that it is a part of."),
        required("properties", &Vdev::properties, "The properties that it has, by name."),
    };
  }
};

// The vdevs of a pool by what they are for.
struct VdevTree {
  static constexpr std::string_view schema_name = "VdevTree";
  std::vector<VdevStatus> data, log, cache, spare, special, dedup;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("data", &VdevTree::data, "Top-level vdevs that hold data."),
        required("log", &VdevTree::log, "Devices of the intent log."),
        required("cache", &VdevTree::cache, "Devices of the second-level read cache."),
        required("spare", &VdevTree::spare, "Hot spares."),
        required("special", &VdevTree::special, "Vdevs for metadata and small blocks."),
        required("dedup", &VdevTree::dedup, "Vdevs for deduplication tables."),
    };
  }
};

// A pool that has stopped because of I/O failures.
struct Suspension {
  static constexpr std::string_view schema_name = "Suspension";
  std::string reason;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{required("reason", &Suspension::reason, "`io_failure` or `multihost`.")};
  }
};

// Of what is said of a pool about which the kernel does not answer.
inline constexpr std::string_view as_of_doc =
    "When this was true, if the kernel does not answer about the pool now; null otherwise.";

enum class FeatureState { disabled, enabled, active };

inline std::span<const describe::Word<FeatureState>> words_of(FeatureState) {
  static constexpr describe::Word<FeatureState> words[] = {
      {FeatureState::disabled, "disabled", "Not in use, and not usable until it is enabled."},
      {FeatureState::enabled, "enabled", "Usable; nothing on disk depends on it yet."},
      {FeatureState::active, "active", "In use on disk."},
  };
  return words;
}

struct Pool {
  static constexpr std::string_view schema_name = "Pool";
  PoolName name;
  Guid guid;
  VdevState health = VdevState::unknown;
  std::optional<Suspension> suspended;
  std::optional<Time> as_of;
  Properties properties;
  std::map<std::string, FeatureState> features;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &Pool::name, "The name."),
        required("guid", &Pool::guid, "Its identity, which a rename by export and import keeps."),
        required("health", &Pool::health, "The state of the pool as a whole."),
        required("suspended", &Pool::suspended, "Why the pool has stopped; null while it runs."),
        required("as_of", &Pool::as_of, as_of_doc),
        required("properties", &Pool::properties, "All its properties by name."),
        required("features", &Pool::features,
                 "The features of its on-disk format that this release knows, by name."),
    };
  }
};

struct PoolStatus {
  static constexpr std::string_view schema_name = "PoolStatus";
  PoolName name;
  Guid guid;
  VdevState health = VdevState::unknown;
  std::optional<Suspension> suspended;
  std::optional<Time> as_of;
  std::optional<Scan> scan;
  std::optional<ErrorScrub> error_scrub;
  std::optional<Checkpoint> checkpoint;
  std::uint64_t data_errors = 0;
  VdevTree vdevs;
  static constexpr auto fields() {
    using describe::required;
    return std::tuple{
        required("name", &PoolStatus::name, "The name."),
        required("guid", &PoolStatus::guid, "Its identity."),
        required("health", &PoolStatus::health, "The state of the pool as a whole."),
        required("suspended", &PoolStatus::suspended,
                 "Why the pool has stopped; null while it runs."),
        required("as_of", &PoolStatus::as_of, as_of_doc),
        required("scan", &PoolStatus::scan,
                 "The running or last scrub or resilver; null if there was none."),
        required("error_scrub", &PoolStatus::error_scrub,
                 "The running or last scrub of what is known to be damaged; null if there was "
                 "none."),
        required("checkpoint", &PoolStatus::checkpoint, "The checkpoint; null if there is none."),
        required("data_errors", &PoolStatus::data_errors,
                 "How many errors in data the pool's error log counts."),
        required("vdevs", &PoolStatus::vdevs, "The vdevs with their states and error counters."),
    };
  }
};

}  // namespace zfsrest::model
