#include "ops/pool_walk.hpp"

#include <iterator>

namespace zfsrest::ops {

namespace {

using Stage = zfs::WalkFrame::Stage;

// One dataset after the other, each with where the walk stands at it.
Result<Nothing> find(const zfs::Handle& handle, zfs::Walk& walk, const zfs::WalkFilter& filter,
                     std::size_t most, model::Release release, Marks& found) {
  const auto until = std::chrono::steady_clock::now() + longest_piece;
  // One that a cursor leads into is where the walk stands.
  if (!walk.empty() && walk.back().stage == Stage::own) {
    found.push_back(walk);
    walk.back() = {.dataset = walk.back().dataset, .stage = Stage::children};
  }
  while (!walk.empty() && found.size() < most && std::chrono::steady_clock::now() < until) {
    zfs::Harvest<model::Dataset> harvest{
        .selection = {.names = {{"name", "type"}}, .wants_properties = false},
        .is_kept = {},
        .objects = {}};
    TRY(zfs::walk_datasets(handle, walk, filter, {.objects = 1, .until = until}, release, harvest));
    if (harvest.objects.empty()) continue;
    found.push_back(walk);
    found.back().back().stage = Stage::own;
  }
  return Nothing{};
}

}  // namespace

Result<Reading> find_datasets(Context& context, const std::string& pool, zfs::Walk walk,
                              const zfs::WalkFilter& filter, std::size_t most,
                              std::shared_ptr<Marks> found, std::shared_ptr<zfs::Walk> rest) {
  *rest = std::move(walk);
  return Reading::begin(context, pool,
                        [filter, most, found = std::move(found), rest = std::move(rest),
                         release = context.release](const zfs::Handle& handle) {
                          return find(handle, *rest, filter, most, release, *found);
                        });
}

zfs::Walk walk_of(const Marks& marks) {
  zfs::Walk walk;
  walk.reserve(marks.size());
  // The last frame is what comes first.
  for (auto mark = marks.rbegin(); mark != marks.rend(); ++mark) walk.push_back(mark->back());
  return walk;
}

zfs::Walk walk_at(const Marks& marks, const zfs::Walk& own) {
  const auto mark = std::ranges::find_if(
      marks, [&](const zfs::Walk& each) { return each.back().dataset == own.back().dataset; });
  zfs::Walk walk = *mark;
  walk.back() = own.back();
  walk.back().until = zfs::end_of_hashes;
  return walk;
}

std::optional<double> density_between(const zfs::Walk& before, const zfs::Walk& after,
                                      std::size_t seen) {
  // So many in one place are none: it is no number that tells equal hashes apart.
  constexpr zfs::Position most_alike = 256;
  if (before.size() != after.size() || before.empty() || seen < enough_to_tell) return {};
  const zfs::Position from = before.back().at;
  const zfs::Position to = after.back().at;
  const bool are_hashes = zfs::hash_in(from) < zfs::hash_in(to) &&
                          (to >> zfs::hash_bits) < most_alike && after.back().stage == Stage::own;
  if (!are_hashes) return {};
  return static_cast<double>(seen) / static_cast<double>(zfs::hash_in(to) - zfs::hash_in(from));
}

std::optional<zfs::Position> end_of_part(const zfs::WalkFrame& frame, double density) {
  const auto width = static_cast<double>(snapshots_in_part) / density;
  const auto from = static_cast<double>(zfs::hash_in(frame.at));
  // What is little more than a part is one.
  if (from + 1.5 * width >= static_cast<double>(frame.until)) return {};
  return static_cast<zfs::Position>(from + width) + 1;
}

}  // namespace zfsrest::ops
