#pragma once

#include <tuple>

#include "api/snapshot/send_options.hpp"
#include "api/transfer_rate.hpp"

namespace zfsrest::api {

struct SnapshotSend {
  struct Request : SendOptions {
    std::optional<std::uint64_t> bytes_per_second;
    static constexpr auto fields() {
      return std::tuple_cat(SendOptions::fields(),
                            std::tuple{optional("bytes_per_second", &Request::bytes_per_second,
                                                "How fast it may go at most.")});
    }
  };
  static constexpr Operation operation{
      .id = "snapshot.send",
      .method = Method::get,
      .path = "/v1/snapshots/{snapshot}/stream",
      .role = Role::send,
      .lane = Lane::read,
      .runs = Runs::transfer,
      .body = Body::download,
      .summary = "Send a snapshot as a stream.",
      .description =
          "The answer is what `zfs send` writes, chunked. Its last chunk comes only after ZFS has "
          "sent all; otherwise the connection is reset, so that a part never looks whole. "
          "`Location` names the job that shows how far it has come, and by which it can be "
          "canceled; a client that goes away cancels it. `Zfsrest-Estimated-Bytes` says about how "
          "large it is, where that is known without reading all of it; HEAD says only that.",
      .errors = {not_an_ancestor, no_such_from, options_do_not_fit, sending_needs_key,
                 needs_large_blocks},
      .functions = {"lzc_send", "lzc_send_resume", "lzc_send_redacted", "lzc_send_resume_redacted",
                    "lzc_send_progress"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
  static void check(const Request& request, const Spots& spots) {
    SendOptions::check(request, spots);
    check_rate(request.bytes_per_second, spots.query);
  }
};
static_assert(well_declared<SnapshotSend>());

}  // namespace zfsrest::api
