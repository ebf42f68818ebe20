#include "ops/snapshot/obstacles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/classify.hpp"
#include "api/snapshot/snapshot_destroy_many.hpp"
#include "model/property_values.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {

Result<std::vector<model::Obstacle>> read_obstacles(Context& context, const zfs::Handle& handle,
                                                    const std::vector<std::string>& snapshots) {
  std::vector<model::Obstacle> obstacles;
  for (const std::string& name : snapshots) {
    const model::Snapshot snapshot = TRY(zfs::read_snapshot(handle, name, context.release));
    if (model::number_of(snapshot.properties, "userrefs") > 0)
      obstacles.push_back({.subject = name,
                           .code = std::string(row_of(Code::held).word),
                           .detail = "A hold protects it."});
    if (snapshot.clones > 0)
      obstacles.push_back({.subject = name,
                           .code = std::string(row_of(Code::has_clones).word),
                           .detail = "It has clones."});
  }
  return obstacles;
}

Error explain_destruction(Error error) {
  const auto explain = [](auto& failure) {
    const api::Verdict verdict =
        api::classify(failure.os_errno, api::SnapshotDestroyMany::operation);
    failure.code = verdict.code;
    failure.detail = verdict.meaning;
  };
  std::ranges::for_each(error.faults, explain);
  explain(error);
  if (!error.detail.empty()) error.detail = fmt::format("{}: {}", error.subject, error.detail);
  return error;
}

}  // namespace zfsrest::ops
