#include "model/vdev_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace zfsrest::model {
namespace {

constexpr std::size_t most_children = 255;

void check_count(std::size_t count, std::size_t least, const describe::Spot& spot) {
  if (count < least || count > most_children)
    spot.key("children")
        .fault(fmt::format("{} children; from {} to {} are possible", count, least, most_children));
}

void check_parity(std::uint8_t parity, const describe::Spot& spot) {
  if (parity < 1 || parity > 3) spot.key("parity").fault("parity is 1, 2 or 3");
}

void check_vdev(const FileVdev&, const describe::Spot&) {}
void check_vdev(const DiskVdev&, const describe::Spot&) {}
void check_vdev(const MirrorVdev& mirror, const describe::Spot& spot) {
  check_count(mirror.children.size(), 2, spot);
}
void check_vdev(const RaidzVdev& raidz, const describe::Spot& spot) {
  check_parity(raidz.parity, spot);
  check_count(raidz.children.size(), raidz.parity + 1U, spot);
}
void check_vdev(const DraidVdev& draid, const describe::Spot& spot) {
  constexpr std::uint8_t most_spares = 100;
  check_parity(draid.parity, spot);
  if (draid.spares > most_spares)
    spot.key("spares").fault(fmt::format("at most {} spares are possible", most_spares));
  if (draid.data && *draid.data == 0) spot.key("data").fault("a group has at least one data leaf");
  check_count(draid.children.size(),
              draid.parity + draid.data.value_or(1U) + std::size_t{draid.spares}, spot);
}

template <class Vdevs>
void check_vdevs(const Vdevs& vdevs, const describe::Spot& spot) {
  for (std::size_t i = 0; i < vdevs.size(); ++i)
    std::visit([&](const auto& vdev) { check_vdev(vdev, spot.index(i)); }, vdevs[i]);
}

void check_no_draid(const std::vector<TopVdev>& vdevs, const describe::Spot& spot) {
  for (std::size_t i = 0; i < vdevs.size(); ++i)
    if (std::holds_alternative<DraidVdev>(vdevs[i]))
      spot.index(i).key("type").fault("draid is possible for data only");
}

}  // namespace

void check_layout(const VdevLayout& layout, const describe::Spot& spot) {
  if (layout.data.empty()) spot.key("data").fault("a pool needs at least one data vdev");
  check_vdevs(layout.data, spot.key("data"));
  check_vdevs(layout.log, spot.key("log"));
  check_vdevs(layout.special, spot.key("special"));
  check_vdevs(layout.dedup, spot.key("dedup"));
  check_no_draid(layout.special, spot.key("special"));
  check_no_draid(layout.dedup, spot.key("dedup"));
  std::map<DevicePath, int> seen;
  each_leaf(layout, [&](const auto& leaf, const std::string& pointer) {
    if (++seen[leaf.path] == 2)
      spot.below(pointer).fault(fmt::format("{} is named twice", leaf.path.path));
  });
}

std::vector<NeededFeature> needed_features(const VdevLayout& layout) {
  std::vector<NeededFeature> needed;
  const bool has_draid = std::ranges::any_of(
      layout.data, [](const TopVdev& vdev) { return std::holds_alternative<DraidVdev>(vdev); });
  if (has_draid) needed.push_back({.feature = "draid", .by = "a draid"});
  if (!layout.special.empty())
    needed.push_back({.feature = "allocation_classes", .by = "a special vdev"});
  if (!layout.dedup.empty())
    needed.push_back({.feature = "allocation_classes", .by = "a dedup vdev"});
  return needed;
}

std::vector<DevicePath> paths_of(const VdevLayout& layout) {
  std::vector<DevicePath> paths;
  each_leaf(layout, [&](const auto& leaf, const std::string&) { paths.push_back(leaf.path); });
  return paths;
}

std::uint64_t draid_data(const DraidVdev& draid) {
  if (draid.data) return *draid.data;
  constexpr std::uint64_t usual = 8;
  return std::min<std::uint64_t>(usual, draid.children.size() - draid.spares - draid.parity);
}

}  // namespace zfsrest::model
