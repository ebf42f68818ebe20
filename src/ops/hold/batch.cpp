#include "ops/hold/batch.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <set>

#include "zfs/iterate.hpp"

namespace zfsrest::ops {

std::vector<Tree> trees_of(const std::vector<model::SnapshotTag>& holds) {
  std::vector<Tree> trees;
  trees.reserve(holds.size());
  for (const model::SnapshotTag& hold : holds)
    trees.push_back({hold.snapshot.dataset(), Touch::step});
  return trees;
}

Result<std::vector<model::SnapshotTag>> expand(const zfs::Handle& handle,
                                               const std::vector<model::SnapshotTag>& named,
                                               Reach reach) {
  if (reach == Reach::named) return named;
  std::vector<model::SnapshotTag> all;
  std::set<model::SnapshotTag> seen;
  for (const model::SnapshotTag& hold : named) {
    auto tree = zfs::read_tree(handle, hold.snapshot.dataset());
    // The kernel says of a dataset that does not exist what it says of its snapshot.
    if (!tree.ok() && tree.error().os_errno != ENOENT) return std::move(tree).error();
    if (!tree.ok()) tree = std::vector{hold.snapshot.dataset()};
    for (const std::string& dataset : tree.value()) {
      auto snapshot = model::SnapshotName::parse(dataset + "@" + hold.snapshot.short_name());
      // A name that is too long is no snapshot's.
      if (!snapshot.ok()) continue;
      model::SnapshotTag one{.snapshot = std::move(snapshot).value(), .tag = hold.tag};
      if (seen.insert(one).second) all.push_back(std::move(one));
    }
  }
  return all;
}

Outcome outcome_of(const std::vector<model::SnapshotTag>& all,
                   const std::vector<model::SnapshotTag>& named, const zfs::Absent& absent) {
  const auto is_absent = [&](const model::SnapshotTag& hold) {
    return absent.snapshots.contains(hold.snapshot.text()) || absent.tags.contains(hold);
  };
  Outcome outcome;
  for (const model::SnapshotTag& hold : all)
    if (!is_absent(hold)) outcome.done.push_back(hold);
  for (const model::SnapshotTag& hold : named) {
    if (!is_absent(hold)) continue;
    const std::string& snapshot = hold.snapshot.text();
    outcome.skipped.push_back(
        {.subject = snapshot,
         .code = std::string(row_of(Code::not_found).word),
         .detail = absent.snapshots.contains(snapshot)
                       ? fmt::format("{} does not exist", snapshot)
                       : fmt::format("{} has no hold \"{}\"", snapshot, hold.tag.text())});
  }
  return outcome;
}

}  // namespace zfsrest::ops
