#pragma once

#include <tuple>

#include "api/fields.hpp"
#include "model/key.hpp"
#include "model/receive.hpp"

namespace zfsrest::api {

struct ReceiveCreate {
  struct Request : model::ReceiveOptions {
    std::optional<model::Key> key;
    static constexpr auto fields() {
      return std::tuple_cat(
          model::ReceiveOptions::fields(),
          std::tuple{optional("key", &Request::key,
                              "The key with which the received dataset is encrypted, if the "
                              "stream is not raw and it is to be a new encryption root.")
                         .secret()});
    }
  };
  using Response = model::ReceiveShown;
  static constexpr Operation operation{
      .id = "receive.create",
      .method = Method::post,
      .path = "/v1/receives",
      .role = Role::receive,
      .lane = Lane::read,
      .success = Success::created,
      .location = "/v1/receives/",
      .summary = "Say where a stream is to be received, and how.",
      .description =
          "Nothing happens before its stream comes (receive.upload). If a resumable one breaks "
          "off, the rest of it can come to the same receive. It is kept in memory: it is "
          "forgotten when it expires and when the daemon is restarted, but what an interrupted "
          "receive has left in the dataset stays (dataset.get_partial_receive).",
  };
  static std::string name_of(const Response& response) { return response.receive.text(); }
  static std::string subject(const Request& request) { return request.target.text(); }
  static const model::Key* key(const Request& request) {
    return request.key ? &*request.key : nullptr;
  }
  static void check(const Request& request, const Spots& spots);
};
static_assert(well_declared<ReceiveCreate>());

}  // namespace zfsrest::api
