#pragma once

#include "api/fields.hpp"
#include "model/hold.hpp"
#include "model/page.hpp"

namespace zfsrest::api {

struct HoldList {
  struct Request {
    model::SnapshotName snapshot;
    static constexpr auto fields() {
      return std::tuple{required("snapshot", &Request::snapshot, "The snapshot.")};
    }
  };
  using Response = model::Items<model::Hold>;
  static constexpr Operation operation{
      .id = "hold.list",
      .method = Method::get,
      .path = "/v1/snapshots/{snapshot}/holds",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "List the holds on a snapshot.",
      .functions = {"lzc_get_holds"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
};
static_assert(well_declared<HoldList>());

}  // namespace zfsrest::api
