#include "ops/snapshot/deferred.hpp"

#include <algorithm>
#include <cerrno>
#include <set>

#include "model/property_values.hpp"
#include "zfs/hold.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// How many of a snapshot's holds have one of the tags.
Result<std::uint64_t> count_holds(const zfs::Handle& handle, const std::string& snapshot,
                                  const std::set<std::string>& tags) {
  const auto holds = zfs::read_holds(handle, snapshot);
  if (!holds.ok() && holds.error().os_errno == ENOENT) return 0;
  if (!holds.ok()) return holds.error();
  return static_cast<std::uint64_t>(std::ranges::count_if(
      holds.value(), [&](const model::Hold& hold) { return tags.contains(hold.tag); }));
}

}  // namespace

Result<model::Plan> plan_of_deferring(const Context& context, const zfs::Handle& handle,
                                      const std::vector<std::string>& snapshots) {
  model::Plan plan;
  for (const std::string& name : snapshots) {
    const model::Snapshot snapshot = TRY(zfs::read_snapshot(handle, name, context.release));
    const bool is_kept =
        snapshot.clones > 0 || model::number_of(snapshot.properties, "userrefs") > 0;
    (is_kept ? plan.would_defer : plan.would_destroy).push_back(name);
  }
  return plan;
}

Result<std::vector<std::string>> find_going(const Context& context, const zfs::Handle& handle,
                                            const std::map<std::string, Ending>& endings) {
  std::vector<std::string> going;
  for (const auto& [name, ending] : endings) {
    const auto snapshot = zfs::read_snapshot(handle, name, context.release);
    if (!snapshot.ok() && snapshot.error().os_errno == ENOENT) continue;
    if (!snapshot.ok()) return snapshot.error();
    const model::Properties& properties = snapshot.value().properties;
    if (model::text_of(properties, "defer_destroy") == "on" &&
        model::number_of(properties, "userrefs") == ending.holds &&
        snapshot.value().clones == ending.clones)
      going.push_back(name);
  }
  return going;
}

Result<model::Plan> plan_of_release(const Context& context, const zfs::Handle& handle,
                                    const std::vector<model::SnapshotTag>& holds) {
  std::map<std::string, std::set<std::string>> tags;
  for (const model::SnapshotTag& hold : holds) tags[hold.snapshot.text()].insert(hold.tag.text());
  std::map<std::string, Ending> endings;
  for (const auto& [snapshot, released] : tags)
    if (const auto count = TRY(count_holds(handle, snapshot, released)))
      endings[snapshot].holds = count;
  model::Plan plan;
  plan.would_destroy = TRY(find_going(context, handle, endings));
  if (plan.would_destroy.empty()) plan.bytes_freed = 0;
  plan.unchecked = {"Whether a snapshot that would be gone is in use."};
  return plan;
}

}  // namespace zfsrest::ops
