// The feature flags of pools, and the release that brought each.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "model/release.hpp"

namespace zfsrest::model {

// One row per feature. Sources: zpool-features(7), and the table compiled into libzfs.
struct FeatureRow {
  std::string_view name;              // as in `feature@async_destroy`
  std::string_view guid;              // as in the pool's configuration
  bool read_only_compatible = false;  // a release that lacks it can still import the pool read-only
  bool enabled_by_upgrade = true;     // upgrading a pool leaves out what only new pools should get
  std::array<std::string_view, 3> needs;  // features enabled along with it; unused places are empty
  Release since = oldest_release;
  std::string_view doc;
};

// All features up to OpenZFS 2.4; a feature comes after those that it needs.
std::span<const FeatureRow> features();

// Null for a name or guid that is not in the table.
const FeatureRow* find_feature(std::string_view name);
const FeatureRow* find_feature_by_guid(std::string_view guid);

// The names of all features that the release knows, in the order of the table: what creating a pool
// enables.
std::vector<std::string_view> features_of(Release release);

}  // namespace zfsrest::model
