#pragma once

#include "api/fields.hpp"
#include "model/property_description.hpp"

namespace zfsrest::api {

struct PropertyGet {
  struct Request {
    model::PropertyKind kind = model::PropertyKind::dataset;
    model::NativeName property;
    static constexpr auto fields() {
      return std::tuple{
          required("kind", &Request::kind, "What has it."),
          required("property", &Request::property, "Its name."),
      };
    }
  };
  using Response = model::PropertyDescription;
  static constexpr Operation operation{
      .id = "property.get",
      .method = Method::get,
      .path = "/v1/properties/{kind}/{property}",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "Say what a property of datasets, pools or vdevs is, and what it can be.",
      .description =
          "What the running module has, it is asked for. Properties that users make, and features, "
          "are not found here.",
  };
};
static_assert(well_declared<PropertyGet>());

}  // namespace zfsrest::api
