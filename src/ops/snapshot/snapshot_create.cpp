#include "api/snapshot/snapshot_create.hpp"

#include <fmt/format.h>

#include <set>

#include "ops/run.hpp"
#include "zfs/iterate.hpp"
#include "zfs/properties.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// The full names of all snapshots to create, each dataset once, in the order of the request.
Result<std::vector<std::string>> names_of(const zfs::Handle& handle,
                                          const api::SnapshotCreate::Request& request) {
  std::vector<std::string> names;
  std::set<std::string> datasets;
  for (const model::SnapshotName& snapshot : request.snapshots) {
    const auto tree = request.recursive ? TRY(zfs::read_tree(handle, snapshot.dataset()))
                                        : std::vector{snapshot.dataset()};
    for (const std::string& dataset : tree) {
      if (!datasets.insert(dataset).second)
        return Error::of(Code::bad_request,
                         fmt::format("{} is below more than one of the named datasets", dataset));
      names.push_back(dataset + "@" + snapshot.short_name());
      if (names.back().size() > model::max_name_bytes)
        return Error::of(Code::bad_request, fmt::format("{} has more than {} bytes", names.back(),
                                                        model::max_name_bytes));
    }
  }
  return names;
}

}  // namespace

template <>
Result<api::SnapshotCreate::Response> run<api::SnapshotCreate>(
    Context& context, const api::SnapshotCreate::Request& request) {
  const zfs::Handle handle = TRY(context.device.open());
  std::vector<Tree> trees;
  trees.reserve(request.snapshots.size());
  for (const model::SnapshotName& snapshot : request.snapshots)
    trees.push_back({snapshot.dataset(), Touch::step});
  const auto hold = TRY(context.trees.hold(std::move(trees)));
  const zfs::NvList properties =
      TRY(zfs::kernel_settings(request.properties, model::Target::snapshot, model::Moment::creation,
                               context.release, "/properties"));
  const std::vector<std::string> names = TRY(names_of(handle, request));
  TRY(zfs::create_snapshots(handle, names, properties));
  api::SnapshotCreate::Response created;
  for (const std::string& name : names) {
    auto snapshot = zfs::read_snapshot(handle, name, context.release);
    // Someone else may have destroyed one already; that it was created is true all the same.
    if (snapshot.ok()) created.items.push_back(std::move(snapshot).value());
  }
  return created;
}

}  // namespace zfsrest::ops
