#include "api/snapshot/snapshot_destroy_many.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ops/run.hpp"
#include "ops/snapshot/deferred.hpp"
#include "ops/snapshot/obstacles.hpp"
#include "zfs/iterate.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

using Briefs = std::vector<zfs::SnapshotBrief>;

Error missing_end(const std::string& name, std::size_t index) {
  const std::string detail = fmt::format("{} does not exist, so the range has no such end", name);
  return {.code = Code::not_found,
          .subject = name,
          .detail = detail,
          .faults = {{.in = "body",
                      .pointer = fmt::format("/snapshots/{}", index),
                      .subject = name,
                      .detail = detail}}};
}

// Adds the names in one entry of the request to those that exist or those that are absent.
Result<Nothing> expand(const model::SnapshotRange& range, std::size_t index,
                       const Briefs& snapshots, api::SnapshotDestroyMany::Response& names) {
  const auto find = [&](const std::string& short_name) {
    return std::ranges::find(snapshots, range.dataset() + "@" + short_name,
                             &zfs::SnapshotBrief::name);
  };
  if (!range.is_range()) {
    (find(range.first()) == snapshots.end() ? names.absent : names.destroyed)
        .push_back(range.text());
    return Nothing{};
  }
  const auto first = range.first().empty() ? snapshots.begin() : find(range.first());
  const auto last = range.last().empty() ? snapshots.end() : find(range.last());
  if (first == snapshots.end() && !range.first().empty())
    return missing_end(range.dataset() + "@" + range.first(), index);
  if (last == snapshots.end() && !range.last().empty())
    return missing_end(range.dataset() + "@" + range.last(), index);
  if (last < first)
    return Error{
        .code = Code::bad_request,
        .subject = range.text(),
        .detail = range.text() + ": the first snapshot of the range is newer than the last",
        .faults = {{.in = "body",
                    .pointer = fmt::format("/snapshots/{}", index),
                    .detail = "the first snapshot of the range is newer than the last"}}};
  for (auto snapshot = first; snapshot != snapshots.end(); ++snapshot) {
    names.destroyed.push_back(snapshot->name);
    if (snapshot == last) break;
  }
  return Nothing{};
}

// What the request means as things are now: the snapshots that exist, each once, and those that do
// not.
Result<api::SnapshotDestroyMany::Response> read_names(
    const zfs::Handle& handle, const api::SnapshotDestroyMany::Request& request) {
  std::map<std::string, Briefs> by_dataset;
  api::SnapshotDestroyMany::Response names;
  for (std::size_t i = 0; i < request.snapshots.size(); ++i) {
    const std::string dataset = request.snapshots[i].dataset();
    if (!by_dataset.contains(dataset)) {
      auto snapshots = zfs::read_snapshots(handle, dataset);
      if (!snapshots.ok() && snapshots.error().os_errno != ENOENT)
        return std::move(snapshots).error();
      by_dataset.emplace(dataset, snapshots.ok() ? std::move(snapshots).value() : Briefs());
    }
    TRY(expand(request.snapshots[i], i, by_dataset[dataset], names));
  }
  std::set<std::string> seen;
  std::erase_if(names.destroyed,
                [&](const std::string& name) { return !seen.insert(name).second; });
  return names;
}

// What they would free, if they are a row without gaps; what others would depends on the rest.
std::optional<std::uint64_t> read_bytes(const zfs::Handle& handle,
                                        const api::SnapshotDestroyMany::Request& request,
                                        const model::Plan& plan) {
  if (plan.would_destroy.empty()) return 0;
  if (request.snapshots.size() != 1 || !plan.would_defer.empty()) return {};
  auto bytes = zfs::read_range_space(handle, plan.would_destroy.front(), plan.would_destroy.back());
  return bytes.ok() ? std::optional(bytes.value()) : std::nullopt;
}

}  // namespace

template <>
Result<api::SnapshotDestroyMany::Response> run<api::SnapshotDestroyMany>(
    Context& context, const api::SnapshotDestroyMany::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<Tree> trees;
  trees.reserve(request.snapshots.size());
  for (const model::SnapshotRange& range : request.snapshots)
    trees.push_back({range.dataset(), Touch::step});
  const auto hold = TRY(context.trees.hold(std::move(trees)));
  api::SnapshotDestroyMany::Response names = TRY(read_names(handle, request));
  if (!names.destroyed.empty())
    TRY(zfs::destroy_snapshots(handle, names.destroyed,
                               request.defer ? zfs::Defer::yes : zfs::Defer::no));
  return names;
}

template <>
Result<model::Plan> plan<api::SnapshotDestroyMany>(
    Context& context, const api::SnapshotDestroyMany::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  api::SnapshotDestroyMany::Response names = TRY(read_names(handle, request));
  model::Plan plan;
  if (request.defer) {
    plan = TRY(plan_of_deferring(context, handle, names.destroyed));
  } else {
    plan.blocked_by = TRY(read_obstacles(context, handle, names.destroyed));
    plan.would_destroy = std::move(names.destroyed);
  }
  plan.bytes_freed = read_bytes(handle, request, plan);
  return plan;
}

}  // namespace zfsrest::ops
