#include "ops/dataset/destruction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

#include "model/property_values.hpp"
#include "ops/snapshot/deferred.hpp"
#include "zfs/bookmark.hpp"
#include "zfs/dataset.hpp"
#include "zfs/snapshot.hpp"
#include "zfs/stream.hpp"

namespace zfsrest::ops {
namespace {

model::Obstacle obstacle(std::string subject, Code code, std::string detail) {
  return {.subject = std::move(subject),
          .code = std::string(row_of(code).word),
          .detail = std::move(detail)};
}

// What is known of the tree while the order is worked out.
struct Survey {
  std::map<std::string, std::vector<model::Snapshot>> snapshots;  // by dataset, in the walk's order
  std::map<std::string, std::string> origins;                     // of the clones in the tree
  std::vector<std::string> parents_first;
  std::map<std::string, model::Guid> guids;  // of the datasets
  std::uint64_t used_bytes = 0;
};

Result<Survey> survey(const zfs::Handle& handle, const std::string& root, model::Release release) {
  Survey found;
  for (const std::string& name : TRY(zfs::read_tree(handle, root))) {
    const auto read = zfs::read_dataset(handle, name, release);
    // Another may be destroying the same tree.
    if (!read.ok() && read.error().os_errno == ENOENT && name != root) continue;
    const model::Dataset dataset = TRY(read);
    found.parents_first.push_back(name);
    found.guids[name] = dataset.guid;
    if (name == root) found.used_bytes = model::number_of(dataset.properties, "used");
    if (std::string origin = model::text_of(dataset.properties, "origin"); !origin.empty())
      found.origins[name] = std::move(origin);
    auto& snapshots = found.snapshots[name];
    for (zfs::Position at = 0;;) {
      auto step = TRY(zfs::next_snapshot(handle, name, at, release));
      if (!step) break;
      at = step->next;
      snapshots.push_back(std::move(step->object));
    }
  }
  return found;
}

// The clones of a snapshot that are not in the tree, separated by commas.
std::string clones_outside(const Survey& found, const model::Snapshot& snapshot) {
  const std::string all = model::text_of(snapshot.properties, "clones");
  std::string outside;
  for (std::string_view rest = all; !rest.empty();) {
    const std::string clone(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(rest.size(), clone.size() + 1));
    if (!found.origins.contains(clone)) outside += (outside.empty() ? "" : ", ") + clone;
  }
  return outside;
}

// Where a change is received, the kernel keeps what has come in a clone that only it can name.
std::string advice_on(const std::string& clones) {
  const std::size_t hidden = clones.find("/%recv");
  if (hidden == std::string::npos)
    return fmt::format("It has clones outside the tree, {}; promote or destroy those first.",
                       clones);
  const std::size_t comma = clones.rfind(' ', hidden);
  const std::size_t begin = comma == std::string::npos ? 0 : comma + 1;
  return fmt::format("An interrupted receive has left something in {}; resume or abort that first.",
                     clones.substr(begin, hidden - begin));
}

void note_obstacles(const Survey& found, std::vector<model::Obstacle>& obstacles) {
  std::map<std::string, std::uint64_t> clones_inside;
  for (const auto& [clone, origin] : found.origins) ++clones_inside[origin];
  for (const auto& [dataset, snapshots] : found.snapshots) {
    for (const model::Snapshot& snapshot : snapshots) {
      const std::string& name = snapshot.name.text();
      if (model::number_of(snapshot.properties, "userrefs") > 0)
        obstacles.push_back(obstacle(name, Code::held, "A hold protects it; release it first."));
      if (snapshot.clones > clones_inside[name])
        obstacles.push_back(
            obstacle(name, Code::has_clones, advice_on(clones_outside(found, snapshot))));
    }
  }
}

// Children first, and a clone before the dataset whose snapshot it came from. A clone never lies
// above its own origin's origin, so there is always one that can go next.
std::vector<Doomed> order_of(const Survey& found) {
  std::set<std::string> left(found.parents_first.begin(), found.parents_first.end());
  const auto origin_is_in = [&](const std::string& dataset) {
    return std::ranges::any_of(found.origins, [&](const auto& clone) {
      return left.contains(clone.first) && clone.first != dataset &&
             clone.second.starts_with(dataset + "@");
    });
  };
  const auto has_child = [&](const std::string& dataset) {
    const auto next = left.lower_bound(dataset + "/");
    return next != left.end() && next->starts_with(dataset + "/");
  };
  std::vector<Doomed> order;
  bool moved = true;
  while (!left.empty() && moved) {
    moved = false;
    for (auto name = found.parents_first.rbegin(); name != found.parents_first.rend(); ++name) {
      if (!left.contains(*name) || has_child(*name) || origin_is_in(*name)) continue;
      Doomed doomed{.dataset = {.name = *name, .guid = found.guids.at(*name)}, .snapshots = {}};
      for (const model::Snapshot& snapshot : found.snapshots.at(*name))
        doomed.snapshots.push_back({.name = snapshot.name.text(), .guid = snapshot.guid});
      order.push_back(std::move(doomed));
      left.erase(*name);
      moved = true;
    }
  }
  return order;
}

Result<std::map<std::string, std::string>> find_gone_along(const Context& context,
                                                           const zfs::Handle& handle,
                                                           const Survey& found,
                                                           const std::vector<Doomed>& order) {
  std::map<std::string, Ending> endings;          // by origin
  std::map<std::string, std::string> last_clone;  // likewise
  for (const Doomed& doomed : order) {
    const auto clone = found.origins.find(doomed.dataset.name);
    if (clone == found.origins.end()) continue;
    const std::string& origin = clone->second;
    if (found.snapshots.contains(origin.substr(0, origin.find('@')))) continue;
    ++endings[origin].clones;
    last_clone[origin] = doomed.dataset.name;
  }
  std::map<std::string, std::string> gone_along;
  for (std::string& origin : TRY(find_going(context, handle, endings)))
    gone_along.emplace(last_clone.at(origin), std::move(origin));
  return gone_along;
}

}  // namespace

Result<std::vector<std::string>> read_belongings(const zfs::Handle& handle,
                                                 const std::string& dataset) {
  std::vector<std::string> names;
  auto bookmarks = zfs::read_bookmarks(handle, dataset);
  const auto partial = zfs::read_partial_receive(handle, dataset);
  if (!partial.ok() && partial.error().os_errno == ENOENT) return names;
  for (zfs::BookmarkBrief& bookmark : TRY(std::move(bookmarks)))
    names.push_back(std::move(bookmark.name));
  if (TRY(partial) && !partial.value()->is_new_dataset)
    names.push_back(partial.value()->partial_dataset);
  return names;
}

Result<Destruction> read_destruction(Context& context, const zfs::Handle& handle,
                                     const model::DatasetName& root) {
  const Survey found = TRY(survey(handle, root.text(), context.release));
  Destruction destruction;
  note_obstacles(found, destruction.blocked_by);
  destruction.order = order_of(found);
  if (destruction.order.size() < found.parents_first.size())
    destruction.blocked_by.push_back(
        obstacle(root.text(), Code::has_dependents,
                 "Clones within the tree lie above their origins; promote them first."));
  destruction.gone_along = TRY(find_gone_along(context, handle, found, destruction.order));
  destruction.bytes_freed = found.used_bytes;
  return destruction;
}

std::vector<std::string> names_of(const std::vector<Victim>& snapshots) {
  std::vector<std::string> names;
  names.reserve(snapshots.size());
  for (const Victim& snapshot : snapshots) names.push_back(snapshot.name);
  return names;
}

}  // namespace zfsrest::ops
