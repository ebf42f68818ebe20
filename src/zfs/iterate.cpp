#include "zfs/iterate.hpp"

#include <algorithm>
#include <cerrno>

#include "zfs/dataset.hpp"
#include "zfs/errors.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::zfs {
namespace {

// Properties are most of what an object costs, and the kernel leaves them out where there is no
// room for them. In brief it does less still: it tells what is at hand, and before 2.2 no more of a
// snapshot than its name.
enum class Detail { brief, stats, full };

Detail detail_for(const model::Selection& selection, model::Release release) {
  if (selection.wants_only_names()) return Detail::brief;
  if (selection.wants_properties) return Detail::full;
  return release >= model::release_2_2 ? Detail::brief : Detail::stats;
}

// One step of a list ioctl: true if `command` now describes an object, false at the end.
Result<bool> step(const Handle& handle, Ioctl number, const std::string& parent, Position at,
                  Detail detail, Command& command, NvList& listed) {
  command = Command{};
  parent.copy(command.name, sizeof(command.name) - 1);
  command.cookie = at;
  command.simple = detail == Detail::brief;
  Reply reply = detail == Detail::full ? handle.call(number, command)
                                       : Reply{.os_errno = handle.ask(number, command)};
  if (reply.os_errno == ESRCH) return false;
  if (reply.os_errno != 0) return failure(reply.os_errno, parent);
  listed = std::move(reply.output);
  return true;
}

}  // namespace

Result<std::optional<Step<model::Dataset>>> next_child(const Handle& handle,
                                                       const std::string& parent, Position at,
                                                       model::Release release,
                                                       const model::Selection& selection) {
  const auto command = std::make_unique<Command>();
  NvList listed = NvList::slot();
  if (!TRY(step(handle, Ioctl::dataset_list_next, parent, at, detail_for(selection, release),
                *command, listed)))
    return std::optional<Step<model::Dataset>>();
  return std::optional(Step<model::Dataset>{
      .object = dataset_of(handle, *command, listed.view(), release, selection),
      .next = command->cookie});
}

Result<std::optional<Step<model::Snapshot>>> next_snapshot(const Handle& handle,
                                                           const std::string& dataset, Position at,
                                                           model::Release release,
                                                           const model::Selection& selection) {
  const auto command = std::make_unique<Command>();
  NvList listed = NvList::slot();
  if (!TRY(step(handle, Ioctl::snapshot_list_next, dataset, at, detail_for(selection, release),
                *command, listed)))
    return std::optional<Step<model::Snapshot>>();
  return std::optional(Step<model::Snapshot>{
      .object = snapshot_of(handle, *command, listed.view(), release, selection),
      .next = command->cookie});
}

Result<std::optional<std::string>> find_by_guid(const Handle& handle, const std::string& dataset,
                                                model::Guid guid, model::Release release) {
  const model::Selection selection{.names = {{"name", "guid"}}, .wants_properties = false};
  Position at = 0;
  for (;;) {
    const auto step = TRY(next_snapshot(handle, dataset, at, release, selection));
    if (!step) return std::optional<std::string>();
    if (step->object.guid.value == guid.value) return std::optional(step->object.name.text());
    at = step->next;
  }
}

Result<std::vector<SnapshotBrief>> read_snapshots(const Handle& handle,
                                                  const std::string& dataset) {
  std::vector<SnapshotBrief> snapshots;
  const auto command = std::make_unique<Command>();
  NvList listed = NvList::slot();
  for (Position at = 0;
       TRY(step(handle, Ioctl::snapshot_list_next, dataset, at, Detail::stats, *command, listed));
       at = command->cookie)
    snapshots.push_back({.name = command->name, .createtxg = command->stats.creation_txg});
  std::ranges::sort(snapshots, {}, &SnapshotBrief::createtxg);
  return snapshots;
}

Result<std::vector<std::string>> read_tree(const Handle& handle, const std::string& dataset) {
  std::vector<std::string> names{dataset};
  const auto command = std::make_unique<Command>();
  NvList listed = NvList::slot();
  for (std::size_t i = 0; i < names.size(); ++i)
    for (Position at = 0;
         TRY(step(handle, Ioctl::dataset_list_next, names[i], at, Detail::brief, *command, listed));
         at = command->cookie)
      names.emplace_back(command->name);
  return names;
}

}  // namespace zfsrest::zfs
