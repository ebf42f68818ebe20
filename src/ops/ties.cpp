#include "ops/ties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "zfs/hold.hpp"
#include "zfs/pool.hpp"
#include "zfs/snapshot.hpp"

namespace zfsrest::ops {
namespace {

// The holds of a snapshot, and what it is called; none if it is gone.
struct Held {
  std::string snapshot;
  std::vector<model::Hold> holds;

  const model::Hold* find(const model::HoldTag& tag) const {
    const auto found = std::ranges::find(holds, tag.text(), &model::Hold::tag);
    return found == holds.end() ? nullptr : &*found;
  }
};

Result<Held> read_held(const zfs::Handle& handle, const std::string& pool, std::uint64_t object) {
  for (;;) {
    const auto name = TRY(zfs::find_snapshot(handle, pool, object));
    if (!name) return Held{};
    auto holds = zfs::read_holds(handle, *name);
    if (holds.ok()) return Held{.snapshot = *name, .holds = std::move(holds).value()};
    // It was renamed between the two.
    if (holds.error().os_errno != ENOENT) return std::move(holds).error();
  }
}

}  // namespace

Result<Ties> read_ties(const zfs::Handle& handle, const std::vector<model::SnapshotTag>& holds) {
  Ties ties{.load_guid = TRY(zfs::read_load_guid(handle, holds.front().snapshot.pool()))};
  for (const auto& [snapshot, tag] : holds) {
    const std::uint64_t object = TRY(zfs::read_object(handle, snapshot.text()));
    const Held held{.snapshot = snapshot.text(),
                    .holds = TRY(zfs::read_holds(handle, snapshot.text()))};
    const model::Hold* hold = held.find(tag);
    if (!hold)
      return Error{.code = Code::not_found,
                   .subject = snapshot.text(),
                   .detail = fmt::format("the hold \"{}\" on {} was released at once by somebody "
                                         "else",
                                         tag.text(), snapshot.text())};
    ties.ties.push_back({.snapshot = object, .tag = tag, .since = hold->created.seconds});
  }
  return ties;
}

Result<TiedHolds> read_tied_holds(const zfs::Handle& handle, const std::string& pool,
                                  const Ties& ties) {
  std::map<std::uint64_t, Held> snapshots;
  for (const Tie& tie : ties.ties)
    if (!snapshots.contains(tie.snapshot))
      snapshots.emplace(tie.snapshot, TRY(read_held(handle, pool, tie.snapshot)));
  TiedHolds found;
  for (const Tie& tie : ties.ties) {
    const Held& held = snapshots.at(tie.snapshot);
    const model::Hold* hold = held.find(tie.tag);
    if (!hold) continue;
    (hold->created.seconds == tie.since ? found.own : found.others)
        .push_back({.snapshot = TRY(model::SnapshotName::parse(held.snapshot)), .tag = tie.tag});
  }
  // Asked last: if it is the same as at the beginning, all of the above is of the same import.
  const auto load_guid = zfs::read_load_guid(handle, pool);
  if (!load_guid.ok() && load_guid.error().os_errno != ENOENT) return load_guid.error();
  if (!load_guid.ok() || load_guid.value() != ties.load_guid) return TiedHolds{};
  return found;
}

}  // namespace zfsrest::ops
