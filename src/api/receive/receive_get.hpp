#pragma once

#include "api/fields.hpp"
#include "model/receive.hpp"

namespace zfsrest::api {

struct ReceiveGet {
  struct Request {
    model::ReceiveId receive;
    static constexpr auto fields() {
      return std::tuple{required("receive", &Request::receive, "The receive.")};
    }
  };
  using Response = model::ReceiveShown;
  static constexpr Operation operation{
      .id = "receive.get",
      .method = Method::get,
      .path = "/v1/receives/{receive}",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Show a receive, and what has come of it.",
      .functions = {"ZFS_IOC_OBJSET_STATS"},
  };
  static std::string subject(const Request& request) { return request.receive.pool(); }
};
static_assert(well_declared<ReceiveGet>());

}  // namespace zfsrest::api
