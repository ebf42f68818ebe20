#include "api/dataset/dataset_rollback.hpp"

#include <algorithm>

#include "ops/run.hpp"
#include "ops/snapshot/obstacles.hpp"
#include "zfs/iterate.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

using Request = api::DatasetRollback::Request;

// The snapshots that are newer than the one to go back to.
Result<std::vector<std::string>> read_newer(const zfs::Handle& handle, const Request& request) {
  const auto snapshots = TRY(zfs::read_snapshots(handle, request.dataset.text()));
  if (snapshots.empty())
    return Error{.code = Code::not_found,
                 .subject = request.dataset.text(),
                 .detail = request.dataset.text() + " has no snapshot"};
  if (!request.to) return std::vector<std::string>();
  const auto target = std::ranges::find(snapshots, request.to->text(), &zfs::SnapshotBrief::name);
  if (target == snapshots.end())
    return Error{.code = Code::not_found,
                 .subject = request.to->text(),
                 .detail = request.to->text() + " does not exist"};
  std::vector<std::string> newer;
  for (auto snapshot = std::next(target); snapshot != snapshots.end(); ++snapshot)
    newer.push_back(snapshot->name);
  return newer;
}

}  // namespace

template <>
Result<api::DatasetRollback::Response> run<api::DatasetRollback>(Context& context,
                                                                 const Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<std::string> newer;
  if (request.destroy_newer) newer = TRY(read_newer(handle, request));
  if (!newer.empty())
    if (auto gone = zfs::destroy_snapshots(handle, newer, zfs::Defer::no); !gone.ok())
      return explain_destruction(std::move(gone).error());
  auto done = zfs::rollback(handle, request.dataset.text(),
                            request.to ? request.to->text() : std::string());
  if (!done.ok()) {
    done.error().applied = std::move(newer);
    return std::move(done).error();
  }
  return api::DatasetRollback::Response{.to = TRY(model::SnapshotName::parse(done.value()))};
}

template <>
Result<model::Plan> plan<api::DatasetRollback>(Context& context, const Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const std::vector<std::string> newer = TRY(read_newer(handle, request));
  model::Plan plan;
  if (request.destroy_newer) {
    plan.would_destroy = newer;
    plan.blocked_by = TRY(read_obstacles(context, handle, newer));
  } else {
    for (const std::string& snapshot : newer)
      plan.blocked_by.push_back({.subject = snapshot,
                                 .code = std::string(row_of(Code::newer_snapshots).word),
                                 .detail = "It is newer; `destroy_newer` destroys it first."});
  }
  plan.unchecked = {"Whether the dataset is in use, and whether bookmarks are newer.",
                    "What was written since the snapshot is lost and is not listed."};
  return plan;
}

}  // namespace zfsrest::ops
