#include "api/feature/feature_list.hpp"

#include "ops/feature/described.hpp"
#include "ops/run.hpp"

namespace zfsrest::ops {

template <>
Result<api::FeatureList::Response> run<api::FeatureList>(Context& context,
                                                         const api::FeatureList::Request&) {
  return api::FeatureList::Response{.items = TRY(describe_features(context))};
}

}  // namespace zfsrest::ops
