#pragma once

#include <optional>

#include "api/fields.hpp"
#include "model/page.hpp"
#include "model/property_description.hpp"

namespace zfsrest::api {

struct PropertyList {
  struct Request {
    std::optional<model::PropertyKind> kind;
    static constexpr auto fields() {
      return std::tuple{optional("kind", &Request::kind, "Only those of this kind.")};
    }
  };
  using Response = model::Items<model::PropertyDescription>;
  static constexpr Operation operation{
      .id = "property.list",
      .method = Method::get,
      .path = "/v1/properties",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "List the properties that datasets, pools and vdevs can have.",
      .description =
          "Each with its type, values and default, whether and when it can be set, whether it is "
          "inherited, and the release that brings it; what the running module has, it is asked "
          "for. No pool is asked. Those that users make, and features, are not among them: the "
          "former take any text, the latter have a list of their own.",
  };
};
static_assert(well_declared<PropertyList>());

}  // namespace zfsrest::api
