// The vdev tree that a caller asks for when a pool is made: which devices, in which arrangement.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "describe/field.hpp"
#include "describe/report.hpp"
#include "model/text.hpp"

namespace zfsrest::model {

using describe::optional;
using describe::required;

struct FileVdev {
  static constexpr std::string_view type = "file";
  DevicePath path;
  static constexpr auto fields() {
    return std::tuple{
        required("path", &FileVdev::path, "The file; it must exist and is used whole.")};
  }
};

struct DiskVdev {
  static constexpr std::string_view type = "disk";
  DevicePath path;
  bool partition = true;
  static constexpr auto fields() {
    return std::tuple{
        required("path", &DiskVdev::path, "The block device."),
        optional(
            "partition", &DiskVdev::partition,
            "Whether a whole disk gets a partition table, as the stock tools write it, and "
            "the pool its first partition. Partitions, loop devices and what the device mapper "
            "makes are used as they are."),
    };
  }
};

using LeafVdev = std::variant<FileVdev, DiskVdev>;

struct MirrorVdev {
  static constexpr std::string_view type = "mirror";
  std::vector<LeafVdev> children;
  static constexpr auto fields() {
    return std::tuple{
        required("children", &MirrorVdev::children, "Two or more leaves that hold the same data.")};
  }
};

struct RaidzVdev {
  static constexpr std::string_view type = "raidz";
  std::uint8_t parity = 1;
  std::vector<LeafVdev> children;
  static constexpr auto fields() {
    return std::tuple{
        optional("parity", &RaidzVdev::parity, "How many leaves may fail: 1, 2 or 3."),
        required("children", &RaidzVdev::children, "More leaves than `parity`, at most 255."),
    };
  }
};

struct DraidVdev {
  static constexpr std::string_view type = "draid";
  std::uint8_t parity = 1;
  std::optional<std::uint8_t> data;
  std::uint8_t spares = 0;
  std::vector<LeafVdev> children;
  static constexpr auto fields() {
    return std::tuple{
        optional("parity", &DraidVdev::parity, "Parity leaves per group: 1, 2 or 3."),
        optional("data", &DraidVdev::data,
                 "Data leaves per group; without it 8, or all that parity and spares leave if "
                 "those are fewer."),
        optional("spares", &DraidVdev::spares, "Distributed spares, at most 100."),
        required("children", &DraidVdev::children, "The leaves, at most 255."),
    };
  }
};

using TopVdev = std::variant<FileVdev, DiskVdev, MirrorVdev, RaidzVdev, DraidVdev>;
using LogVdev = std::variant<FileVdev, DiskVdev, MirrorVdev>;

struct VdevLayout {
  std::vector<TopVdev> data;
  std::vector<LogVdev> log;
  std::vector<LeafVdev> cache;
  std::vector<LeafVdev> spare;
  std::vector<TopVdev> special;
  std::vector<TopVdev> dedup;
  static constexpr auto fields() {
    return std::tuple{
        required("data", &VdevLayout::data,
                 "The top-level vdevs that hold the pool's data, striped."),
        optional("log", &VdevLayout::log, "Devices for the intent log."),
        optional("cache", &VdevLayout::cache, "Devices of the second-level read cache."),
        optional("spare", &VdevLayout::spare, "Hot spares."),
        optional("special", &VdevLayout::special,
                 "Vdevs for metadata and small blocks; draid is not possible here."),
        optional("dedup", &VdevLayout::dedup,
                 "Vdevs for deduplication tables; draid is not possible here."),
    };
  }
  static constexpr std::string_view schema_name = "VdevLayout";
};

// Notes what is wrong with the arrangement itself: too few children, a parity out of range, a path
// named twice, no data vdev. Whether the devices exist and are free, only the system knows.
void check_layout(const VdevLayout& layout, const describe::Spot& spot);

// Calls `visit(leaf, pointer)` for each leaf, in the order in which it is written; the pointer
// leads from the layout to the leaf's path.
template <class Layout, class Visit>
void each_leaf(Layout& layout, const Visit& visit) {
  const auto each_child = [&](auto& children, const std::string& pointer) {
    for (std::size_t i = 0; i < children.size(); ++i)
      std::visit([&](auto& leaf) { visit(leaf, pointer + "/" + std::to_string(i) + "/path"); },
                 children[i]);
  };
  const auto each_vdev = [&](auto& vdevs, const std::string& pointer) {
    for (std::size_t i = 0; i < vdevs.size(); ++i)
      std::visit(
          [&](auto& vdev) {
            const std::string here = pointer + "/" + std::to_string(i);
            if constexpr (requires { vdev.children; })
              each_child(vdev.children, here + "/children");
            else
              visit(vdev, here + "/path");
          },
          vdevs[i]);
  };
  each_vdev(layout.data, "/data");
  each_vdev(layout.log, "/log");
  each_vdev(layout.cache, "/cache");
  each_vdev(layout.spare, "/spare");
  each_vdev(layout.special, "/special");
  each_vdev(layout.dedup, "/dedup");
}

// A feature without which the kernel stops the machine when it meets such a layout; it relies on
// its callers there.
struct NeededFeature {
  std::string_view feature;
  std::string_view by;  // "a draid"
};
std::vector<NeededFeature> needed_features(const VdevLayout& layout);

// Every path in the layout, in the order in which it is written.
std::vector<DevicePath> paths_of(const VdevLayout& layout);

// The number of data leaves per group that a draid gets.
std::uint64_t draid_data(const DraidVdev& draid);

}  // namespace zfsrest::model
