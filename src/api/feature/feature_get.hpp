#pragma once

#include "api/fields.hpp"
#include "model/property_description.hpp"

namespace zfsrest::api {

struct FeatureGet {
  struct Request {
    model::NativeName feature;
    static constexpr auto fields() {
      return std::tuple{
          required("feature", &Request::feature, "Its name, as in `async_destroy`, or its guid."),
      };
    }
  };
  using Response = model::Feature;
  static constexpr Operation operation{
      .id = "feature.get",
      .method = Method::get,
      .path = "/v1/features/{feature}",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "Say what a feature of pools does, what it needs, and which release brings it.",
  };
};
static_assert(well_declared<FeatureGet>());

}  // namespace zfsrest::api
