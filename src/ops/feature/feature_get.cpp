#include "api/feature/feature_get.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ops/feature/described.hpp"
#include "ops/run.hpp"
#include "zfs/module.hpp"

namespace zfsrest::ops {

template <>
Result<model::Feature> run<api::FeatureGet>(Context& context,
                                            const api::FeatureGet::Request& request) {
  auto described =
      describe_features(context, TRY(zfs::read_module(context.module_directory)).release);
  const auto found = std::ranges::find_if(described, [&](const model::Feature& feature) {
    return feature.name == request.feature.name || feature.guid == request.feature.name;
  });
  if (found == described.end())
    return Error::of(Code::not_found,
                     fmt::format("There is no feature `{}`.", request.feature.name));
  return std::move(*found);
}

}  // namespace zfsrest::ops
