#pragma once

#include "api/fields.hpp"
#include "model/page.hpp"
#include "model/receive.hpp"

namespace zfsrest::api {

struct ReceiveList {
  struct Request {
    static constexpr auto fields() { return std::tuple{}; }
  };
  using Response = model::Items<model::ReceiveShown>;
  static constexpr Operation operation{
      .id = "receive.list",
      .method = Method::get,
      .path = "/v1/receives",
      .role = Role::read,
      .lane = Lane::general,
      .summary = "List the receives, oldest first.",
      .description = "No pool is asked, so that `partial` is always null here.",
  };
};
static_assert(well_declared<ReceiveList>());

}  // namespace zfsrest::api
