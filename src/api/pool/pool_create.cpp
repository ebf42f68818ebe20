#include "api/pool/pool_create.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/feature_table.hpp"

namespace zfsrest::api {
namespace {

bool has_draid(const std::vector<model::TopVdev>& vdevs) {
  return std::ranges::any_of(vdevs, [](const model::TopVdev& vdev) {
    return std::holds_alternative<model::DraidVdev>(vdev);
  });
}

// Notes a feature that the layout needs and a list of features leaves out: the kernel relies on its
// callers there, and stops the machine otherwise.
void check_features_suffice(const PoolCreate::Request& request, const describe::Spot& spot) {
  if (!request.features) return;
  const auto need = [&](std::string_view feature, std::string_view what) {
    if (std::ranges::find(*request.features, feature) == request.features->end())
      spot.fault(fmt::format("{} needs the feature {}, which is not in the list", what, feature));
  };
  if (has_draid(request.vdevs.data)) need("draid", "a draid");
  if (!request.vdevs.special.empty()) need("allocation_classes", "a special vdev");
  if (!request.vdevs.dedup.empty()) need("allocation_classes", "a dedup vdev");
}

// Notes what would encrypt the root file system: without a key the kernel goes astray there.
void check_not_encrypted(const PoolCreate::Request& request, const describe::Spot& spot) {
  for (const char* name : {"encryption", "keyformat", "keylocation", "pbkdf2iters"}) {
    const auto found = request.filesystem_properties.find(name);
    if (found != request.filesystem_properties.end() &&
        found->second != model::PropertyValue("off"))
      spot.key(name).fault(
          "the root file system cannot be encrypted, because no key can be given here");
  }
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
  check_not_encrypted(request, spots.body.key("filesystem_properties"));
  check_features_suffice(request, spots.body.key("features"));
  const auto paths = model::paths_of(request.vdevs);
  for (std::size_t i = 0; i < request.overwrite.size(); ++i)
    if (std::ranges::find(paths, request.overwrite[i]) == paths.end())
      spots.body.key("overwrite")
          .index(i)
          .fault(fmt::format("{} is not among the devices of `vdevs`", request.overwrite[i].path));
}

}  // namespace zfsrest::api
