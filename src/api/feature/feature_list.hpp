#pragma once

#include "api/fields.hpp"
#include "model/capabilities.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct FeatureList {
  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };
  using Response = model::Items<model::Feature>;
  static constexpr Operation operation{
      .id = "feature.list",
      .method = Method::get,
      .path = "/v1/features",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "List the features that pools can have.",
      .description =
          "Those that the running module supports, which it is asked for, and others that are "
          "known. A pool shows each as `disabled`, `enabled` or `active`, which it becomes when "
          "it is used; it can only be set to `enabled`, and not back.",
  };
};
static_assert(well_declared<FeatureList>());

}  // namespace zfsrest::api
