#include "api/dataset/dataset_rollback.hpp"

#include <algorithm>

#include "ops/run.hpp"
#include "ops/snapshot/obstacles.hpp"
#include "zfs/bookmark.hpp"
#include "zfs/iterate.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// Where to go back to, and what of the dataset is newer and so in the way.
struct Way {
  std::string target;
  std::vector<std::string> snapshots;
  std::vector<std::string> bookmarks;

  std::vector<std::string> newer() const {
    std::vector<std::string> all = snapshots;
    all.insert(all.end(), bookmarks.begin(), bookmarks.end());
    return all;
  }
};

Error absent(const std::string& name, const std::string& detail) {
  return {.code = Code::not_found, .subject = name, .detail = name + " " + detail};
}

Result<Way> read_way(const zfs::Handle& handle, const api::DatasetRollback::Request& request) {
  const std::string& dataset = request.dataset.text();
  const auto snapshots = TRY(zfs::read_snapshots(handle, dataset));
  if (snapshots.empty()) return absent(dataset, "has no snapshot");
  const auto target =
      request.to ? std::ranges::find(snapshots, request.to->text(), &zfs::SnapshotBrief::name)
                 : std::prev(snapshots.end());
  if (target == snapshots.end()) return absent(request.to->text(), "does not exist");
  Way way{.target = target->name, .snapshots = {}, .bookmarks = {}};
  for (auto newer = std::next(target); newer != snapshots.end(); ++newer)
    way.snapshots.push_back(newer->name);
  for (const auto& bookmark : TRY(zfs::read_bookmarks(handle, dataset)))
    if (bookmark.createtxg > target->createtxg) way.bookmarks.push_back(bookmark.name);
  return way;
}

// Takes away what is in the way; the snapshots go first, because they may be held or cloned, and
// then nothing has been destroyed yet.
Result<Nothing> clear(const zfs::Handle& handle, const Way& way) {
  if (!way.snapshots.empty())
    if (auto gone = zfs::destroy_snapshots(handle, way.snapshots, zfs::Defer::no); !gone.ok())
      return explain_destruction(std::move(gone).error());
  if (!way.bookmarks.empty())
    if (auto gone = zfs::destroy_bookmarks(handle, way.bookmarks); !gone.ok()) {
      gone.error().applied = way.snapshots;
      return std::move(gone).error();
    }
  return Nothing{};
}

}  // namespace

template <>
Result<api::DatasetRollback::Response> run<api::DatasetRollback>(
    Context& context, const api::DatasetRollback::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const auto hold = TRY(context.trees.hold({{request.dataset.text(), Touch::change}}));
  Way way{
      .target = request.to ? request.to->text() : std::string(), .snapshots = {}, .bookmarks = {}};
  if (request.destroy_newer) {
    way = TRY(read_way(handle, request));
    TRY(clear(handle, way));
  }
  auto done = zfs::rollback(handle, request.dataset.text(), way.target);
  if (!done.ok()) {
    done.error().applied = way.newer();
    return std::move(done).error();
  }
  return api::DatasetRollback::Response{.to = TRY(model::SnapshotName::parse(done.value()))};
}

template <>
Result<model::Plan> plan<api::DatasetRollback>(Context& context,
                                               const api::DatasetRollback::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  const Way way = TRY(read_way(handle, request));
  model::Plan plan;
  if (request.destroy_newer) {
    plan.would_destroy = way.newer();
    plan.blocked_by = TRY(read_obstacles(context, handle, way.snapshots));
  } else {
    for (const std::string& name : way.newer())
      plan.blocked_by.push_back({.subject = name,
                                 .code = std::string(row_of(Code::newer_snapshots).word),
                                 .detail = "It is newer; `destroy_newer` destroys it first."});
  }
  plan.unchecked = {"Whether the dataset is in use.",
                    "What was written since the snapshot is lost and is not listed."};
  return plan;
}

}  // namespace zfsrest::ops
