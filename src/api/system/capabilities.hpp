// What the running OpenZFS has of all that this API offers.
#pragma once

#include "api/fields.hpp"
#include "model/capabilities.hpp"

namespace zfsrest::api {

struct SystemCapabilities {
  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };
  using Response = model::Capabilities;
  static constexpr Operation operation{
      .id = "system.capabilities",
      .method = Method::get,
      .path = "/v1/capabilities",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "Say what the running OpenZFS can do, and who has it open.",
      .description =
          "What is not available here is answered 501 when it is asked for. No pool is asked, so "
          "that this answers as well while one hangs.",
  };
};
static_assert(well_declared<SystemCapabilities>());

}  // namespace zfsrest::api
