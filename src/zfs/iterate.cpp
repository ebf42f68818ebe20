#include "zfs/iterate.hpp"

#include <algorithm>
#include <cerrno>

#include "zfs/dataset.hpp"
#include "zfs/errors.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::zfs {
namespace {

enum class Detail { brief, full };

// One step of a list ioctl: true if `command` now describes an object, false at the end.
Result<bool> step(const Handle& handle, Ioctl number, const std::string& parent, Position at,
                  Detail detail, Command& command, NvList& listed) {
  command = Command{};
  parent.copy(command.name, sizeof(command.name) - 1);
  command.cookie = at;
  command.simple = detail == Detail::brief;
  Reply reply = handle.call(number, command);
  if (reply.os_errno == ESRCH) return false;
  if (reply.os_errno != 0) return failure(reply.os_errno, parent);
  listed = std::move(reply.output);
  return true;
}

// Releases before 2.2 tell in brief no more than a name.
Detail detail_for(const model::Selection& selection, model::Release release) {
  const bool is_brief = selection.wants_only_names() ||
                        (release >= model::release_2_2 && !selection.wants_properties);
  return is_brief ? Detail::brief : Detail::full;
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
  Position at = 0;
  for (;;) {
    const auto step = TRY(next_snapshot(handle, dataset, at, release));
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
       TRY(step(handle, Ioctl::snapshot_list_next, dataset, at, Detail::full, *command, listed));
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
