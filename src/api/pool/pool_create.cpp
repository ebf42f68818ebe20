#include "api/pool/pool_create.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/key_settings.hpp"
#include "model/feature_table.hpp"

namespace zfsrest::api {
namespace {

// Notes a feature that the layout needs and a list of features leaves out.
void check_features_suffice(const PoolCreate::Request& request, const describe::Spot& spot) {
  if (!request.features) return;
  for (const model::NeededFeature& need : model::needed_features(request.vdevs))
    if (std::ranges::find(*request.features, need.feature) == request.features->end())
      spot.fault(
          fmt::format("{} needs the feature {}, which is not in the list", need.by, need.feature));
}

}  // namespace

void PoolCreate::check(const Request& request, const Spots& spots) {
  if (auto checked = model::check_new_pool_name(request.name); !checked.ok())
    spots.body.key("name").fault(checked.error());
  model::check_layout(request.vdevs, spots.body.key("vdevs"));
  model::check_settings(request.properties, model::Target::pool, model::Moment::creation,
                        spots.body.key("properties"));
  model::check_settings(request.filesystem_properties, model::Target::filesystem,
                        model::Moment::creation, spots.body.key("filesystem_properties"));
  if (request.features) {
    for (std::size_t i = 0; i < request.features->size(); ++i)
      if (!model::find_feature((*request.features)[i]))
        spots.body.key("features")
            .index(i)
            .fault(fmt::format("no feature is named \"{}\"", (*request.features)[i]));
  }
  check_key_settings(request.key, request.filesystem_properties, Inherits::nothing,
                     spots.body.key("key"), spots.body.key("filesystem_properties"));
  if (request.properties.contains("version") && request.features && !request.features->empty())
    spots.body.key("features").fault("a pool of an old `version` has no features");
  check_features_suffice(request, spots.body.key("features"));
  const auto paths = model::paths_of(request.vdevs);
  for (std::size_t i = 0; i < request.overwrite.size(); ++i)
    if (std::ranges::find(paths, request.overwrite[i]) == paths.end())
      spots.body.key("overwrite")
          .index(i)
          .fault(fmt::format("{} is not among the devices of `vdevs`", request.overwrite[i].path));
}

}  // namespace zfsrest::api
