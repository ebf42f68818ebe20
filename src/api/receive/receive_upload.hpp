#pragma once

#include "api/receive/receive_checks.hpp"

namespace zfsrest::api {

struct ReceiveUpload {
  struct Request {
    model::ReceiveId receive;
    static constexpr auto fields() {
      return std::tuple{required("receive", &Request::receive, "The receive.")};
    }
  };
  using Response = model::Received;
  static constexpr Operation operation{
      .id = "receive.upload",
      .method = Method::put,
      .path = "/v1/receives/{receive}/stream",
      .role = Role::receive,
      .lane = Lane::read,
      .runs = Runs::transfer,
      .body = Body::upload,
      .summary = "Send the stream of a receive.",
      .description =
          "The body is what `zfs send` writes, of one snapshot; a package of several, as `-R`, "
          "`-I` and `-p` make, is refused. The answer comes when the snapshot is there. If the "
          "stream breaks off, or is refused on the way, there is nothing of it afterwards, unless "
          "it is `resumable`: then the receive waits for the rest, and shows the token that the "
          "sender needs for it. While it is on its way, a job shows how far it has come, and it "
          "can be canceled. A snapshot that is there already under that name, with the same guid, "
          "is left as it is (`already_received`).",
      .errors = receive_errors,
      .functions = {"lzc_receive", "lzc_receive_resumable", "lzc_receive_with_header",
                    "lzc_receive_one", "lzc_receive_with_cmdprops", "lzc_receive_with_heal"},
  };
  static std::string subject(const Request& request) { return request.receive.pool(); }
};
static_assert(well_declared<ReceiveUpload>());

}  // namespace zfsrest::api
