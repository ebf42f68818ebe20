#pragma once

#include "api/receive/receive_checks.hpp"

namespace zfsrest::api {

struct SnapshotReceive {
  struct Request {
    model::SnapshotName snapshot;
    bool create_parents = false;
    std::optional<model::SnapshotName> origin;
    bool force = false;
    bool resumable = false;
    bool unmounted = false;
    std::optional<std::uint64_t> bytes_per_second;
    static constexpr auto fields() {
      return std::tuple{
          required("snapshot", &Request::snapshot, "The full name that the snapshot gets."),
          optional("create_parents", &Request::create_parents,
                   "Create missing parents as file systems first."),
          optional("origin", &Request::origin,
                   "The snapshot that the received dataset is to be a clone of, where the stream "
                   "is of a clone."),
          optional("force", &Request::force,
                   "Roll the dataset back to its most recent snapshot first, and let a full stream "
                   "take the place of a dataset without snapshots."),
          optional("resumable", &Request::resumable,
                   "Keep what has come if the stream breaks off, so that it can go on from there."),
          optional("unmounted", &Request::unmounted, "Do not mount a new file system."),
          optional("bytes_per_second", &Request::bytes_per_second, "How fast it may go at most."),
      };
    }
  };
  using Response = model::Received;
  static constexpr Operation operation{
      .id = "snapshot.receive",
      .method = Method::put,
      .path = "/v1/snapshots/{snapshot}/stream",
      .role = Role::receive,
      .lane = Lane::read,
      .runs = Runs::transfer,
      .body = Body::upload,
      .summary = "Receive a stream as this snapshot.",
      .description =
          "The short form of receive.create and receive.upload, for what needs neither properties "
          "nor a key. It can be sent twice: a snapshot that is there already, with the same guid, "
          "is left as it is (`already_received`).",
      .errors = receive_errors,
      .functions = {"lzc_receive", "lzc_receive_resumable"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
  static model::ReceiveOptions options_of(const Request& request);
  static void check(const Request& request, const Spots& spots) {
    check_receive(options_of(request), spots.query);
  }
};
static_assert(well_declared<SnapshotReceive>());

}  // namespace zfsrest::api
