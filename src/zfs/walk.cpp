#include "zfs/walk.hpp"

#include <algorithm>
#include <cerrno>

#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/mount.hpp"

namespace zfsrest::zfs {
namespace {

using Stage = WalkFrame::Stage;

bool is_wanted(const WalkFilter& filter, model::DatasetType type) {
  return filter.types.empty() || std::ranges::find(filter.types, type) != filter.types.end();
}

// Whether the walk goes below this dataset.
bool goes_below(const WalkFilter& filter, const std::string& dataset) {
  if (!filter.depth) return true;
  const auto slashes = static_cast<std::size_t>(std::ranges::count(dataset, '/'));
  return slashes - std::min(slashes, filter.base) < *filter.depth;
}

bool is_spent(const WalkBudget& budget, std::size_t objects) {
  return objects >= budget.objects || std::chrono::steady_clock::now() >= budget.until;
}

// What to make of an error in the middle of a walk: a dataset that is gone ends its own part only.
bool is_gone(const Error& error, const Walk& walk) {
  return error.os_errno == ENOENT && (walk.size() > 1 || walk.back().stage != Stage::itself);
}

// Takes one step to the children; the child is handed to `visit` before it becomes the top of the
// walk.
template <class Visit>
Result<Nothing> step_to_child(const Handle& handle, Walk& walk, const WalkFilter& filter,
                              model::Release release, const model::Selection& selection,
                              const Visit& visit) {
  WalkFrame& frame = walk.back();
  if (!goes_below(filter, frame.dataset)) {
    walk.pop_back();
    return Nothing{};
  }
  auto child = TRY(next_child(handle, frame.dataset, frame.at, release, selection));
  if (!child) {
    walk.pop_back();
    return Nothing{};
  }
  frame.at = child->next;
  return visit(std::move(child->object));
}

template <class Advance, class Object>
Result<Nothing> go_on(Walk& walk, const WalkBudget& budget, const Harvest<Object>& harvest,
                      const Advance& advance) {
  while (!walk.empty() && !is_spent(budget, harvest.objects.size())) {
    auto advanced = advance();
    if (advanced.ok()) continue;
    if (!is_gone(advanced.error(), walk)) return std::move(advanced).error();
    walk.pop_back();
  }
  return Nothing{};
}

// A walk through what is the datasets' own. `next` hands out some more of what the top of the walk
// has, and says whether there may be yet more.
template <class Object, class Next>
Result<Nothing> walk_own(const Handle& handle, Walk& walk, const WalkFilter& filter,
                         const WalkBudget& budget, model::Release release,
                         const Harvest<Object>& harvest, const Next& next) {
  // Of the datasets on the way it is enough to know what they are.
  const model::Selection way{.names = {{"name", "type"}}, .wants_properties = false};
  return go_on(walk, budget, harvest, [&]() -> Result<Nothing> {
    WalkFrame& frame = walk.back();
    switch (frame.stage) {
      case Stage::itself: {
        const model::Dataset dataset = TRY(read_dataset(handle, frame.dataset, release));
        frame.stage = is_wanted(filter, dataset.type) ? Stage::own : Stage::children;
        return Nothing{};
      }
      case Stage::own:
        if (!TRY(next(frame)))
          frame = {.dataset = std::move(frame.dataset), .stage = Stage::children};
        return Nothing{};
      case Stage::children:
        break;
    }
    return step_to_child(handle, walk, filter, release, way, [&](const model::Dataset& child) {
      walk.push_back({.dataset = child.name.text(),
                      .stage = is_wanted(filter, child.type) ? Stage::own : Stage::children});
      return Result<Nothing>(Nothing{});
    });
  });
}

}  // namespace

Result<Nothing> walk_datasets(const Handle& handle, Walk& walk, const WalkFilter& filter,
                              const WalkBudget& budget, model::Release release,
                              Harvest<model::Dataset>& harvest) {
  MountView mounts(handle);
  // Whether a dataset is to be left out is told by its type, so that is read as well.
  model::Selection selection = harvest.selection;
  if (selection.names) selection.names->insert("type");
  const bool wants_mounts = selection.wants("mounted") || selection.wants("mountpoint");
  const auto add = [&](model::Dataset dataset) -> Result<Nothing> {
    if (!is_wanted(filter, dataset.type)) return Nothing{};
    if (wants_mounts) TRY(mounts.complete(dataset));
    harvest.add(std::move(dataset));
    return Nothing{};
  };
  return go_on(walk, budget, harvest, [&]() -> Result<Nothing> {
    WalkFrame& frame = walk.back();
    if (frame.stage == Stage::itself) {
      model::Dataset first = TRY(read_dataset(handle, frame.dataset, release));
      TRY(add(std::move(first)));
      frame.stage = Stage::children;
      return Nothing{};
    }
    return step_to_child(handle, walk, filter, release, selection, [&](model::Dataset child) {
      walk.push_back({.dataset = child.name.text(), .stage = Stage::children});
      return add(std::move(child));
    });
  });
}

Result<Nothing> walk_snapshots(const Handle& handle, Walk& walk, const WalkFilter& filter,
                               const WalkBudget& budget, model::Release release,
                               Harvest<model::Snapshot>& harvest) {
  return walk_own(
      handle, walk, filter, budget, release, harvest, [&](WalkFrame& frame) -> Result<bool> {
        auto snapshot =
            TRY(next_snapshot(handle, frame.dataset, frame.at, release, harvest.selection));
        if (!snapshot || hash_in(snapshot->next) >= frame.until) return false;
        frame.at = snapshot->next;
        harvest.add(std::move(snapshot->object));
        return true;
      });
}

Result<Nothing> walk_bookmarks(const Handle& handle, Walk& walk, const WalkFilter& filter,
                               const WalkBudget& budget, model::Release release,
                               Harvest<model::Bookmark>& harvest) {
  return walk_own(handle, walk, filter, budget, release, harvest,
                  [&](WalkFrame& frame) -> Result<bool> {
                    const std::size_t room = budget.objects - harvest.objects.size();
                    BookmarkPosition at{.createtxg = frame.at, .name = frame.name};
                    auto bookmarks = TRY(read_bookmarks(handle, frame.dataset, at, room, release));
                    const std::size_t count = bookmarks.size();
                    for (model::Bookmark& bookmark : bookmarks) harvest.add(std::move(bookmark));
                    frame.at = at.createtxg;
                    frame.name = std::move(at.name);
                    return count == room;
                  });
}

}  // namespace zfsrest::zfs
