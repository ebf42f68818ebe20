#pragma once

#include "api/snapshot/send_options.hpp"

namespace zfsrest::api {

struct SnapshotEstimateSend {
  using Request = SendOptions;
  struct Response {
    static constexpr std::string_view schema_name = "SendEstimate";
    std::uint64_t estimated_bytes = 0;
    static constexpr auto fields() {
      return std::tuple{required("estimated_bytes", &Response::estimated_bytes,
                                 "About how many bytes the stream would have.")};
    }
  };
  static constexpr Operation operation{
      .id = "snapshot.estimate_send",
      .method = Method::get,
      .path = "/v1/snapshots/{snapshot}/stream-size",
      .role = Role::read,
      .lane = Lane::read,
      .summary = "Estimate how large a stream would be.",
      .description =
          "Of a stream that a bookmark redacts, or that is incremental from a bookmark that does "
          "not know what was written since, all has to be looked through, which can take longer "
          "than a read may.",
      .errors = {not_an_ancestor, no_such_from, options_do_not_fit},
      .functions = {"lzc_send_space", "lzc_send_space_resume_redacted"},
  };
  static std::string subject(const Request& request) { return request.snapshot.text(); }
  static void check(const Request& request, const Spots& spots) {
    SendOptions::check(request, spots);
  }
};
static_assert(well_declared<SnapshotEstimateSend>());

}  // namespace zfsrest::api
