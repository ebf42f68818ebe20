#pragma once

#include "api/fields.hpp"
#include "model/plan.hpp"
#include "model/receive.hpp"

namespace zfsrest::api {

struct ReceiveAbort {
  struct Request {
    model::ReceiveId receive;
    static constexpr auto fields() {
      return std::tuple{required("receive", &Request::receive, "The receive.")};
    }
  };
  using Response = Nothing;
  static constexpr Operation operation{
      .id = "receive.abort",
      .method = Method::del,
      .path = "/v1/receives/{receive}",
      .role = Role::receive,
      .lane = Lane::write,
      .success = Success::no_content,
      .plans = Plans::yes,
      .summary = "End a receive, and forget it.",
      .description =
          "If its stream is on its way, that is canceled first. What has come of one that broke "
          "off is destroyed; a snapshot that was received stays.",
      .errors = {{EBUSY, Code::busy, "Something of it is still in use."}, read_only_pool},
      .functions = {"lzc_destroy"},
  };
  static std::string subject(const Request& request) { return request.receive.pool(); }
};
static_assert(well_declared<ReceiveAbort>());

}  // namespace zfsrest::api
