#include "zfs/hold.hpp"

#include <map>

#include "zfs/errors.hpp"
#include "zfs/library.hpp"

namespace zfsrest::zfs {
namespace {

std::vector<std::string> names_of(const std::vector<model::SnapshotTag>& holds) {
  std::vector<std::string> names;
  names.reserve(holds.size());
  for (const auto& [snapshot, tag] : holds) names.push_back(snapshot.text());
  return names;
}

}  // namespace

Result<std::vector<model::Hold>> read_holds(const Handle&, const std::string& snapshot) {
  NvList found = NvList::slot();
  if (const int rc = library::get_holds(snapshot, found.out()); rc != 0)
    return failure(rc, snapshot);
  std::vector<model::Hold> holds;
  found.view().each([&](const NvPair& pair) {
    holds.push_back({.tag = std::string(pair.name()), .created = {pair.u64().value_or(0)}});
  });
  return holds;
}

// The library gives the list of what was passed over twice the room of the batch itself, and an
// entry is shorter than what it is about, so the kernel never has to shorten it.
Result<Absent> hold_snapshots(const Handle&, const std::vector<model::SnapshotTag>& holds,
                              int cleanup_fd) {
  NvList list = NvList::with_repeats();
  for (const auto& [snapshot, tag] : holds) list.add_text(snapshot.text(), tag.text());
  NvList errors = NvList::slot();
  if (const int rc = library::hold(list.raw(), cleanup_fd, errors.out()); rc != 0)
    return batch_failure(rc, names_of(holds), errors.view());
  Absent absent;
  errors.view().each([&](const NvPair& pair) { absent.snapshots.emplace(pair.name()); });
  return absent;
}

Result<Absent> release_snapshots(const Handle&, const std::vector<model::SnapshotTag>& holds) {
  std::map<std::string, NvList> tags;
  for (const auto& [snapshot, tag] : holds) tags[snapshot.text()].add_flag(tag.text());
  NvList list;
  for (const auto& [snapshot, of_snapshot] : tags) list.add_list(snapshot, of_snapshot);
  NvList errors = NvList::slot();
  if (const int rc = library::release(list.raw(), errors.out()); rc != 0)
    return batch_failure(rc, names_of(holds), errors.view());
  // An entry is a snapshot, or a snapshot, `#` and the tag that it has not got.
  std::set<std::string> entries;
  errors.view().each([&](const NvPair& pair) { entries.emplace(pair.name()); });
  Absent absent;
  for (const model::SnapshotTag& hold : holds) {
    const std::string& snapshot = hold.snapshot.text();
    if (entries.contains(snapshot)) absent.snapshots.insert(snapshot);
    if (entries.contains(snapshot + "#" + hold.tag.text())) absent.tags.insert(hold);
  }
  return absent;
}

}  // namespace zfsrest::zfs
