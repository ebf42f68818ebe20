// The machine-readable description of this API.
#pragma once

#include "api/fields.hpp"

namespace zfsrest::api {

struct SystemOpenapi {
  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };
  using Response = json::Value;
  static constexpr Operation operation{
      .id = "system.openapi",
      .method = Method::get,
      .path = "/v1/openapi.json",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "Describe this API as an OpenAPI 3.1 document.",
      .description =
          "Each operation carries `x-zfs-functions`, the libzfs_core functions or ioctls that it "
          "covers, `x-role`, and `x-errnos`, what the kernel's numbers mean here. What not every "
          "release has carries `x-since`, what one engine alone has `x-engine`.",
  };
};
static_assert(well_declared<SystemOpenapi>());

}  // namespace zfsrest::api
