#include "zfs/vdev_tree.hpp"

#include <array>
#include <string>

namespace zfsrest::zfs {
namespace {

// Positions in the array `vdev_stats`, which only ever grows at its end.
enum VdevStat : std::size_t {
  stat_state = 1,
  stat_aux = 2,
  stat_alloc = 3,
  stat_space = 4,
  stat_read_errors = 20,
  stat_write_errors = 21,
  stat_checksum_errors = 22,
  // Each of these is followed by the total, the state, and the time of the last change.
  stat_initialize_done = 28,
  stat_trim_done = 37
};

// What `vdev_aux` says, by number.
constexpr std::array<std::string_view, 21> reasons{
    "",
    "the device cannot be opened",
    "the label is missing or not valid",
    "too few replicas are left",
    "the sum of the device guids differs: a device is missing",
    "the device is too small",
    "the label is not valid",
    "the on-disk format is newer than this release",
    "the on-disk format is too old",
    "a feature is in use that this release does not know",
    "it is in use as a spare",
    "there were too many errors",
    "there was an I/O failure",
    "the intent log cannot be read",
    "it was taken out of service from outside",
    "it was split off into another pool",
    "the ashift is not possible on this device",
    "it was taken out of service from outside, persistently",
    "it is in use by another host",
    "all its children are offline",
    "the ashift is too big",
};

std::uint64_t stat(std::span<const std::uint64_t> stats, VdevStat position) {
  return position < stats.size() ? stats[position] : 0;
}

// What sets a class of top-level vdevs apart from data.
struct Class {
  bool is_log = false;
  std::string_view bias;
};

// Puts the kernel's tree together from a layout and what its disks are used as.
class Builder {
 public:
  Builder(const DiskUses& disks, std::optional<std::uint64_t> ashift)
      : disks_(disks), ashift_(ashift) {}

  template <class Vdevs>
  void add_tops(const Vdevs& vdevs, Class kind, std::vector<NvList>& tops) const {
    for (const auto& choice : vdevs) {
      NvList vdev = std::visit([this](const auto& top) { return this->build(top); }, choice);
      vdev.add_u64("is_log", kind.is_log ? 1 : 0);
      if (!kind.bias.empty()) vdev.add_text("alloc_bias", std::string(kind.bias));
      if (ashift_) vdev.add_u64("ashift", *ashift_);
      tops.push_back(std::move(vdev));
    }
  }

  std::vector<NvList> leaves(const std::vector<model::LeafVdev>& vdevs) const {
    std::vector<NvList> built = children(vdevs);
    for (NvList& vdev : built) vdev.add_u64("is_log", 0);
    return built;
  }

 private:
  NvList build(const model::FileVdev& file) const {
    NvList vdev;
    vdev.add_text("type", std::string(model::FileVdev::type));
    vdev.add_text("path", file.path.path);
    return vdev;
  }

  NvList build(const model::DiskVdev& disk) const {
    const DiskUse& use = disks_.at(disk.path.path);
    NvList vdev;
    vdev.add_text("type", std::string(model::DiskVdev::type));
    vdev.add_text("path", use.path);
    vdev.add_u64("whole_disk", use.is_whole ? 1 : 0);
    if (use.identity.devid) vdev.add_text("devid", *use.identity.devid);
    if (use.identity.phys_path) vdev.add_text("phys_path", *use.identity.phys_path);
    return vdev;
  }

  NvList build(const model::MirrorVdev& mirror) const {
    return parent(model::MirrorVdev::type, mirror.children);
  }

  NvList build(const model::RaidzVdev& raidz) const {
    NvList vdev = parent(model::RaidzVdev::type, raidz.children);
    vdev.add_u64("nparity", raidz.parity);
    return vdev;
  }

  NvList build(const model::DraidVdev& draid) const {
    const std::uint64_t group = model::draid_data(draid) + draid.parity;
    const std::uint64_t slots = draid.children.size() - draid.spares;
    // The fewest groups that fill whole rows of the children.
    std::uint64_t groups = 1;
    while (groups * group % slots != 0) ++groups;
    NvList vdev = parent(model::DraidVdev::type, draid.children);
    vdev.add_u64("nparity", draid.parity);
    vdev.add_u64("draid_ndata", model::draid_data(draid));
    vdev.add_u64("draid_nspares", draid.spares);
    vdev.add_u64("draid_ngroups", groups);
    return vdev;
  }

  NvList parent(std::string_view type, const std::vector<model::LeafVdev>& vdevs) const {
    NvList vdev;
    vdev.add_text("type", std::string(type));
    vdev.add_lists("children", children(vdevs));
    return vdev;
  }

  std::vector<NvList> children(const std::vector<model::LeafVdev>& vdevs) const {
    std::vector<NvList> built;
    built.reserve(vdevs.size());
    for (const model::LeafVdev& choice : vdevs)
      built.push_back(std::visit([this](const auto& vdev) { return this->build(vdev); }, choice));
    return built;
  }

  const DiskUses& disks_;
  std::optional<std::uint64_t> ashift_;
};

// The work of a leaf that four consecutive statistics, from `first` on, tell of; nothing if it was
// never begun.
std::optional<model::VdevWork> work_of(std::span<const std::uint64_t> stats, std::size_t first) {
  constexpr std::array states{model::VdevWorkState::running, model::VdevWorkState::canceled,
                              model::VdevWorkState::suspended, model::VdevWorkState::complete};
  if (first + 4 > stats.size()) return {};
  const std::uint64_t state = stats[first + 2];
  if (state == 0 || state > states.size()) return {};
  return model::VdevWork{.state = states[state - 1],
                         .changed = {stats[first + 3]},
                         .done_bytes = stats[first],
                         .total_bytes = stats[first + 1]};
}

model::VdevStatus status_of(NvView vdev) {
  model::VdevStatus status;
  status.type = vdev.text("type").value_or("unknown");
  status.guid.value = vdev.u64("guid").value_or(0);
  if (const auto path = vdev.text("path")) status.path = std::string(*path);
  if (status.type == model::DiskVdev::type)
    status.whole_disk = vdev.u64("whole_disk").value_or(0) != 0;
  status.state = state_of(vdev);
  status.parity = vdev.u64("nparity");
  status.draid_data = vdev.u64("draid_ndata");
  status.draid_spares = vdev.u64("draid_nspares");
  const auto stats = vdev.u64s("vdev_stats");
  const std::uint64_t aux = stat(stats, stat_aux);
  if (aux != 0)
    status.reason =
        aux < reasons.size() ? std::string(reasons[aux]) : "reason " + std::to_string(aux);
  // The leaves of a mirror or raidz share its space.
  if (const std::uint64_t size = stat(stats, stat_space); size != 0) {
    status.size_bytes = size;
    status.allocated_bytes = stat(stats, stat_alloc);
  }
  status.read_errors = stat(stats, stat_read_errors);
  status.write_errors = stat(stats, stat_write_errors);
  status.checksum_errors = stat(stats, stat_checksum_errors);
  const auto children = vdev.lists("children");
  if (children.empty()) {
    status.initialize = work_of(stats, stat_initialize_done);
    status.trim = work_of(stats, stat_trim_done);
  }
  for (const NvView child : children) status.children.push_back(status_of(child));
  return status;
}

// A spare is called unavailable by the kernel while it stands in for another device, here or in
// another pool.
model::VdevState spare_state_of(NvView vdev) {
  constexpr std::uint64_t aux_spared = 10;
  const model::VdevState state = state_of(vdev);
  if (state == model::VdevState::healthy) return model::VdevState::available;
  return stat(vdev.u64s("vdev_stats"), stat_aux) == aux_spared ? model::VdevState::in_use : state;
}

}  // namespace

NvList tree_of(const model::VdevLayout& layout, const DiskUses& disks,
               std::optional<std::uint64_t> ashift) {
  const Builder builder(disks, ashift);
  std::vector<NvList> tops;
  builder.add_tops(layout.data, {}, tops);
  builder.add_tops(layout.special, {.bias = "special"}, tops);
  builder.add_tops(layout.dedup, {.bias = "dedup"}, tops);
  builder.add_tops(layout.log, {.is_log = true, .bias = "log"}, tops);
  NvList root;
  root.add_text("type", "root");
  root.add_lists("children", tops);
  // The kernel adds the distributed spares of draids by itself.
  if (!layout.spare.empty()) root.add_lists("spares", builder.leaves(layout.spare));
  if (!layout.cache.empty()) root.add_lists("l2cache", builder.leaves(layout.cache));
  return root;
}

model::VdevTree tree_of(NvView root) {
  model::VdevTree tree;
  for (const NvView top : root.lists("children")) {
    const std::string_view bias = top.text("alloc_bias").value_or("");
    // A hole is what the removal of a vdev leaves in the numbering; it is nothing to show.
    if (top.text("type") == "hole") continue;
    auto& group = top.u64("is_log").value_or(0) != 0 ? tree.log
                  : bias == "special"                ? tree.special
                  : bias == "dedup"                  ? tree.dedup
                                                     : tree.data;
    group.push_back(status_of(top));
  }
  for (const NvView vdev : root.lists("spares")) {
    tree.spare.push_back(status_of(vdev));
    tree.spare.back().state = spare_state_of(vdev);
  }
  for (const NvView vdev : root.lists("l2cache")) tree.cache.push_back(status_of(vdev));
  return tree;
}

model::VdevState state_of(NvView vdev) {
  const std::uint64_t state = stat(vdev.u64s("vdev_stats"), stat_state);
  return state <= static_cast<std::uint64_t>(model::VdevState::healthy)
             ? static_cast<model::VdevState>(state)
             : model::VdevState::unknown;
}

}  // namespace zfsrest::zfs
