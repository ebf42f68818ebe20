#include "zfs/pool.hpp"

#include <cerrno>

#include "model/feature_table.hpp"
#include "zfs/errors.hpp"
#include "zfs/key.hpp"
#include "zfs/library.hpp"
#include "zfs/properties.hpp"
#include "zfs/vdev_tree.hpp"

namespace zfsrest::zfs {
namespace {

// Positions in the array `scan_stats`, which only ever grows at its end.
enum ScanStat : std::size_t {
  scan_function,
  scan_state,
  scan_start,
  scan_end,
  scan_total,
  scan_examined,
  scan_processed = 7,
  scan_errors = 8,
  scan_paused = 11,
  scan_issued = 14,
  scan_error_function = 15,  // what follows came with 2.2
  scan_error_state,
  scan_error_start,
  scan_error_end,
  scan_error_examined,
  scan_error_total,
  scan_error_paused
};

// The kernel gives a configuration even for a pool that it cannot open, and says so in the cookie.
// Nothing else may be asked of such a pool: 2.1 crashes when its properties are read.
struct Config {
  NvList list;
  bool is_open = false;

  NvView view() const { return list.view(); }
};

Result<Config> read_config(const Handle& handle, const std::string& name) {
  const auto command = command_for(name);
  Reply reply = handle.call(Ioctl::pool_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return Config{.list = std::move(reply.output), .is_open = command->cookie == 0};
}

std::optional<model::Suspension> suspension_of(NvView config) {
  constexpr std::uint64_t reason_multihost = 2;
  if (!config.has("suspended")) return {};
  const bool multihost = config.u64("suspended_reason") == reason_multihost;
  return model::Suspension{.reason = multihost ? "multihost" : "io_failure"};
}

class ScanStats {
 public:
  explicit ScanStats(NvView root) : stats_(root.u64s("scan_stats")) {}

  std::optional<model::Scan> scan() const {
    if (at(scan_function) == none || at(scan_state) == idle) return {};
    model::Scan scan;
    scan.function =
        at(scan_function) == resilver ? model::ScanFunction::resilver : model::ScanFunction::scrub;
    scan.state = state(scan_state, scan_paused);
    scan.started.seconds = at(scan_start);
    if (at(scan_state) != scanning) scan.ended = model::Time{at(scan_end)};
    scan.total_bytes = at(scan_total);
    scan.examined_bytes = at(scan_examined);
    scan.issued_bytes = at(scan_issued);
    scan.repaired_bytes = at(scan_processed);
    scan.errors = at(scan_errors);
    return scan;
  }

  std::optional<model::ErrorScrub> error_scrub() const {
    if (at(scan_error_function) == none || at(scan_error_state) == idle) return {};
    model::ErrorScrub scrub;
    scrub.state = state(scan_error_state, scan_error_paused);
    scrub.started.seconds = at(scan_error_start);
    if (at(scan_error_state) != scanning) scrub.ended = model::Time{at(scan_error_end)};
    scrub.total_blocks = at(scan_error_total);
    scrub.examined_blocks = at(scan_error_examined);
    return scrub;
  }

 private:
  enum Function : std::uint64_t { none, scrub, resilver };
  enum State : std::uint64_t { idle, scanning, finished, canceled };

  std::uint64_t at(ScanStat position) const {
    return position < stats_.size() ? stats_[position] : 0;
  }
  model::ScanState state(ScanStat state, ScanStat pause) const {
    return at(state) == finished   ? model::ScanState::finished
           : at(state) == canceled ? model::ScanState::canceled
           : at(pause) != 0        ? model::ScanState::paused
                                   : model::ScanState::scanning;
  }

  std::span<const std::uint64_t> stats_;
};

std::optional<model::Checkpoint> checkpoint_of(NvView root) {
  enum Stat : std::size_t { state, created, space, count };
  enum State : std::uint64_t { none, exists, discarding };
  const auto stats = root.u64s("checkpoint_stats");
  if (stats.size() < count || stats[state] == none) return {};
  return model::Checkpoint{.state = stats[state] == discarding ? model::CheckpointState::discarding
                                                               : model::CheckpointState::exists,
                           .created = {.seconds = stats[created]},
                           .used_bytes = stats[space]};
}

// Where the kernel refuses, its number is the same whatever the reason, which the configuration
// tells.
Result<NvList> read_properties(const Handle& handle, const std::string& name) {
  const auto command = command_for(name);
  Reply listed = handle.call(Ioctl::pool_get_props, *command);
  if (listed.os_errno == 0) return std::move(listed.output);
  TRY(read_config(handle, name));
  return failure(listed.os_errno, name);
}

// The kernel lists the features that are not disabled, by guid, with how many things on disk depend
// on each.
std::map<std::string, model::FeatureState> features_of(NvView config, model::Release release) {
  std::map<std::string, model::FeatureState> states;
  for (const std::string_view name : model::features_of(release))
    states.emplace(name, model::FeatureState::disabled);
  if (const auto counts = config.list("feature_stats"))
    counts->each([&](const NvPair& pair) {
      const model::FeatureRow* feature = model::find_feature_by_guid(pair.name());
      const std::string name(feature ? feature->name : pair.name());
      states[name] =
          pair.u64().value_or(0) > 0 ? model::FeatureState::active : model::FeatureState::enabled;
    });
  return states;
}

}  // namespace

Result<std::vector<std::string>> read_pool_names(const Handle& handle) {
  const auto command = command_for("");
  const Reply reply = handle.call(Ioctl::pool_configs, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, "");
  std::vector<std::string> names;
  reply.output.view().each([&](const NvPair& pair) { names.emplace_back(pair.name()); });
  return names;
}

Result<model::Pool> read_pool(const Handle& handle, const std::string& name,
                              model::Release release) {
  const Config config = TRY(read_config(handle, name));
  model::Pool pool;
  pool.name = TRY(model::PoolName::parse(name));
  pool.guid.value = config.view().u64("pool_guid").value_or(0);
  pool.health = state_of(config.view().list("vdev_tree").value_or(NvView(nullptr)));
  pool.suspended = suspension_of(config.view());
  if (!config.is_open) return pool;
  pool.properties = pool_properties(TRY(read_properties(handle, name)).view(), release);
  pool.features = features_of(config.view(), release);
  return pool;
}

Result<model::PoolStatus> read_pool_status(const Handle& handle, const std::string& name) {
  const Config config = TRY(read_config(handle, name));
  const NvView root = config.view().list("vdev_tree").value_or(NvView(nullptr));
  model::PoolStatus status;
  status.name = TRY(model::PoolName::parse(name));
  status.guid.value = config.view().u64("pool_guid").value_or(0);
  status.health = state_of(root);
  status.suspended = suspension_of(config.view());
  status.scan = ScanStats(root).scan();
  status.error_scrub = ScanStats(root).error_scrub();
  status.checkpoint = checkpoint_of(root);
  status.data_errors = config.view().u64("error_count").value_or(0);
  status.vdevs = tree_of(root);
  return status;
}

Result<bool> is_open(const Handle& handle, const std::string& name) {
  return TRY(read_config(handle, name)).is_open;
}

Result<Nothing> check_not_suspended(const Handle& handle, const std::string& name) {
  const Config config = TRY(read_config(handle, name));
  return suspension_of(config.view()) ? Result<Nothing>(Error::of_errno(EAGAIN, name)) : Nothing{};
}

Result<Nothing> check_writable(const Handle& handle, const std::string& name) {
  const NvList properties = TRY(read_properties(handle, name));
  return number_of(properties.view(), "readonly") != 0
             ? Result<Nothing>(Error::of_errno(EROFS, name))
             : Nothing{};
}

Result<std::string> read_altroot(const Handle& handle, const std::string& name) {
  return text_of(TRY(read_properties(handle, name)).view(), "altroot");
}

Result<std::uint64_t> read_load_guid(const Handle& handle, const std::string& name) {
  return number_of(TRY(read_properties(handle, name)).view(), "load_guid");
}

Result<Nothing> create_pool(const Handle& handle, const NewPool& pool) {
  NvList input(pool.key ? Content::secret : Content::ordinary);
  pool.properties.view().each([&](const NvPair& pair) {
    if (const auto number = pair.u64())
      input.add_u64(std::string(pair.name()), *number);
    else if (const auto text = pair.text())
      input.add_text(std::string(pair.name()), std::string(*text));
  });
  // The kernel enables no feature that it is not told to.
  for (const std::string& feature : pool.features) input.add_u64("feature@" + feature, 0);
  if (!pool.filesystem_properties.empty())
    input.add_list("root-props-nvl", pool.filesystem_properties);
  if (pool.key) add_hidden_key(*pool.key, input);
  const auto command = command_for(pool.name);
  const auto tree = pool.tree.pack();
  command->nvlist_conf = reinterpret_cast<std::uint64_t>(tree.data());
  command->nvlist_conf_size = tree.size();
  const Reply reply = handle.call(Ioctl::pool_create, *command, &input);
  if (reply.os_errno != 0) return failure(reply.os_errno, pool.name);
  return Nothing{};
}

Result<Nothing> destroy_pool(const Handle& handle, const std::string& name) {
  const auto command = command_for(name);
  const std::string history = "destroyed by zfsrest";
  command->history = reinterpret_cast<std::uint64_t>(history.data());
  command->history_len = history.size() + 1;
  const Reply reply = handle.call(Ioctl::pool_destroy, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return Nothing{};
}

Result<Nothing> clear_errors(const Handle& handle, const std::string& name,
                             std::optional<model::Guid> vdev) {
  // It is not to go back to an older transaction group to open the pool.
  constexpr std::uint64_t no_rewind = 1;
  const auto command = command_for(name);
  command->guid = vdev ? vdev->value : 0;
  command->cookie = no_rewind;
  const Reply reply = handle.call(Ioctl::clear, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return Nothing{};
}

Result<Nothing> sync_pool(const Handle&, const std::string& name, Force force) {
  NvList input;
  input.add_bool("force", force == Force::yes);
  if (const int rc = library::sync(name, input.raw()); rc != 0) return failure(rc, name);
  return Nothing{};
}

Result<Nothing> checkpoint_pool(const Handle&, const std::string& name) {
  if (const int rc = library::checkpoint(name); rc != 0) return failure(rc, name);
  return Nothing{};
}

Result<Nothing> discard_checkpoint(const Handle&, const std::string& name) {
  if (const int rc = library::discard_checkpoint(name); rc != 0) return failure(rc, name);
  return Nothing{};
}

Result<Nothing> reopen_pool(const Handle&, const std::string& name, Resilver resilver) {
  const int rc = library::reopen(name, resilver == Resilver::at_once);
  if (rc != 0) return failure(rc, name);
  return Nothing{};
}

}  // namespace zfsrest::zfs
