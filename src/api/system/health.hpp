// Whether the daemon is there at all; answered without a token, and even while ZFS hangs.
#pragma once

#include <string>

#include "api/fields.hpp"

namespace zfsrest::api {

struct SystemHealth {
  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };
  struct Response {
    static constexpr std::string_view schema_name = "Health";
    std::string status;
    static constexpr auto fields() {
      return std::tuple{required("status", &Response::status, "Always `alive`.")};
    }
  };
  static constexpr Operation operation{
      .id = "system.health",
      .method = Method::get,
      .path = "/healthz",
      .role = Role::none,
      .lane = Lane::gateway,
      .summary = "Say that the gateway is alive.",
      .description = "It says nothing about ZFS or about the agent, and needs no token.",
  };
};
static_assert(well_declared<SystemHealth>());

}  // namespace zfsrest::api
