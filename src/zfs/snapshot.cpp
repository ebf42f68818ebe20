#include "zfs/snapshot.hpp"

#include <array>
#include <cerrno>

#include "zfs/errors.hpp"
#include "zfs/library.hpp"
#include "zfs/properties.hpp"

namespace zfsrest::zfs {
Result<model::Snapshot> read_snapshot(const Handle& handle, const std::string& name,
                                      model::Release release) {
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return snapshot_of(handle, *command, reply.output.view(), release);
}

Result<std::uint64_t> read_object(const Handle& handle, const std::string& name) {
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return number_of(reply.output.view(), "objsetid");
}

Result<bool> is_redacted(const Handle& handle, const std::string& name) {
  const auto command = command_for(name);
  const Reply reply = handle.call(Ioctl::objset_stats, *command);
  if (reply.os_errno != 0) return failure(reply.os_errno, name);
  return command->stats.redacted != 0;
}

Result<std::optional<std::string>> find_snapshot(const Handle& handle, const std::string& pool,
                                                 std::uint64_t object) {
  const auto command = command_for(pool);
  command->obj = object;
  const Reply reply = handle.call(Ioctl::dataset_name, *command);
  // EINVAL: the number is that of something else by now, as it is of a file system.
  if (reply.os_errno == ENOENT || reply.os_errno == EINVAL) return std::optional<std::string>();
  if (reply.os_errno != 0) return failure(reply.os_errno, pool);
  std::string name = command->value;
  if (name.find('@') == std::string::npos) return std::optional<std::string>();
  return std::optional(std::move(name));
}

model::Snapshot snapshot_of(const Handle& handle, const Command& command, NvView listed,
                            model::Release release, const model::Selection& selection) {
  model::Snapshot snapshot;
  snapshot.name = model::SnapshotName::parse(command.name).value();
  snapshot.dataset = model::DatasetName::parse(snapshot.name.dataset()).value();
  snapshot.snapshot = snapshot.name.short_name();
  snapshot.guid.value = command.stats.guid;
  snapshot.createtxg = command.stats.creation_txg;
  snapshot.clones = command.stats.num_clones;
  const NvList format = read_format(handle, command, selection);
  snapshot.properties = dataset_properties({.name = command.name,
                                            .target = model::Target::snapshot,
                                            .head = head_of(command),
                                            .properties = listed,
                                            .format = format.view()},
                                           release, selection);
  return snapshot;
}

Result<Nothing> create_snapshots(const Handle&, const std::vector<std::string>& names,
                                 const NvList& properties) {
  NvList list;
  for (const std::string& name : names) list.add_flag(name);
  NvList errors = NvList::slot();
  const int rc =
      library::snapshot(list.raw(), properties.empty() ? nullptr : properties.raw(), errors.out());
  if (rc != 0) return batch_failure(rc, names, errors.view());
  return Nothing{};
}

Result<Nothing> destroy_snapshots(const Handle&, const std::vector<std::string>& names,
                                  Defer defer) {
  NvList list;
  for (const std::string& name : names) list.add_flag(name);
  NvList errors = NvList::slot();
  const int rc = library::destroy_snapshots(list.raw(), defer == Defer::yes, errors.out());
  if (rc != 0) return batch_failure(rc, names, errors.view());
  return Nothing{};
}

Result<std::string> rollback(const Handle&, const std::string& dataset,
                             const std::string& snapshot) {
  if (!snapshot.empty()) {
    if (const int rc = library::rollback_to(dataset, snapshot); rc != 0)
      return failure(rc, dataset);
    return snapshot;
  }
  std::array<char, 256> target{};
  const int rc = library::rollback(dataset, target);
  if (rc != 0) return failure(rc, dataset);
  return std::string(target.data());
}

Result<Nothing> redact(const Handle&, const std::string& snapshot, const std::string& bookmark,
                       const std::vector<std::string>& redacting) {
  NvList list;
  for (const std::string& name : redacting) list.add_flag(name);
  if (const int rc = library::redact(snapshot, bookmark, list.raw()); rc != 0)
    return failure(rc, snapshot);
  return Nothing{};
}

Result<std::uint64_t> read_range_space(const Handle&, const std::string& first,
                                       const std::string& last) {
  std::uint64_t used = 0;
  if (const int rc = library::snaprange_space(first, last, used); rc != 0) return failure(rc, last);
  return used;
}

}  // namespace zfsrest::zfs
