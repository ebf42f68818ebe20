#include "ops/feature/described.hpp"

#include <algorithm>

#include "model/feature_table.hpp"
#include "zfs/module.hpp"

namespace zfsrest::ops {
namespace {

std::vector<std::string> needs_of(const model::FeatureRow& row) {
  std::vector<std::string> needs;
  for (const std::string_view name : row.needs)
    if (!name.empty()) needs.emplace_back(name);
  return needs;
}

}  // namespace

std::vector<model::Feature> describe_features(const Context& context, Release release) {
  std::vector<model::Feature> list;
  const auto supported = zfs::read_features(context.module_directory);
  const auto is_supported = [&](const model::FeatureRow& row) {
    return supported ? std::ranges::find(*supported, row.guid, &zfs::SupportedFeature::guid) !=
                           supported->end()
                     : row.since <= release;
  };
  for (const model::FeatureRow& row : model::features())
    list.push_back({.name = std::string(row.name),
                    .guid = std::string(row.guid),
                    .description = std::string(row.doc),
                    .needs = needs_of(row),
                    .read_only_compatible = row.read_only_compatible,
                    .enabled_by_upgrade = row.enabled_by_upgrade,
                    .available = is_supported(row),
                    .since = model::text_of_since(row.since)});
  if (!supported) return list;
  for (const zfs::SupportedFeature& feature : *supported)
    if (!model::find_feature_by_guid(feature.guid))
      list.push_back({.name = feature.name,
                      .guid = feature.guid,
                      .description = feature.description,
                      .needs = {},
                      .read_only_compatible = feature.read_only_compatible,
                      .available = true,
                      .since = {}});
  return list;
}

}  // namespace zfsrest::ops
