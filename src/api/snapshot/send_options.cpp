#include "api/snapshot/send_options.hpp"

namespace zfsrest::api {

void SendOptions::check(const SendOptions& request, const Spots& spots) {
  if (request.redaction_bookmark &&
      request.redaction_bookmark->dataset() != request.snapshot.dataset())
    spots.query.key("redaction_bookmark")
        .fault("the bookmark is to be one of the snapshot's dataset");
  if (request.from && request.from->pool() != request.snapshot.pool())
    spots.query.key("from").fault("it is of another pool");
  if (request.from && request.from->text() == request.snapshot.text())
    spots.query.key("from").fault("it is the snapshot itself");
  if (!request.resume_token) return;
  const auto exclude = [&](const char* name, bool is_given) {
    if (is_given) spots.query.key(name).fault("the resume token says this by itself");
  };
  exclude("from", request.from.has_value());
  exclude("raw", request.raw);
  exclude("compressed", request.compressed);
  exclude("large_blocks", request.large_blocks);
  exclude("embedded", request.embedded);
}

}  // namespace zfsrest::api
