#include "api/feature/feature_list.hpp"

#include "ops/feature/described.hpp"
#include "ops/run.hpp"
#include "zfs/module.hpp"

namespace zfsrest::ops {

template <>
Result<api::FeatureList::Response> run<api::FeatureList>(Context& context,
                                                         const api::FeatureList::Request&) {
  return api::FeatureList::Response{
      .items = describe_features(context, TRY(zfs::read_module(context.module_directory)).release)};
}

}  // namespace zfsrest::ops
