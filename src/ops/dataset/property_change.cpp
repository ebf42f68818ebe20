#include "ops/dataset/property_change.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "ops/dataset/mounts.hpp"
#include "zfs/dataset.hpp"

namespace zfsrest::ops {
namespace {

// What a mount keeps from the time at which it was made.
constexpr std::array<std::string_view, 7> kept_by_mounts{"atime",  "relatime", "devices", "exec",
                                                         "setuid", "readonly", "nbmand"};

Error joined(Error error, Result<Nothing> also) {
  if (!also.ok())
    for (Fault& fault : also.error().faults) error.faults.push_back(std::move(fault));
  return error;
}

Result<Nothing> change_place(const zfs::Handle& handle, const PropertyChange& change,
                             Unmounted::Which which, model::Release release) {
  const std::string& dataset = change.dataset;
  const bool had_no_place =
      zfs::mount_settings_of(TRY(zfs::read_dataset(handle, dataset, release))).point.empty();
  const Unmounted unmounted = TRY(Unmounted::take(handle, dataset, which, release));
  auto changed = change.make();
  // Where they belong now is where they were, if the change was not made.
  auto mounted = unmounted.put([](const std::string& name) { return name; }, dataset);
  if (!changed.ok()) return joined(std::move(changed).error(), std::move(mounted));
  TRY(std::move(mounted));
  return had_no_place ? mount_following(handle, dataset, dataset, release) : Nothing{};
}

}  // namespace

Result<Nothing> change_properties(Context& context, const zfs::Handle& handle,
                                  const PropertyChange& change) {
  const model::Release release = context.release;
  const bool moves = change.names.contains("mountpoint");
  const bool is_several_steps = handle.can_mount() && (moves || change.forbids_mounting);
  const auto hold =
      TRY(context.trees.hold({{change.dataset, is_several_steps ? Touch::change : Touch::step}}));
  if (is_several_steps)
    TRY(change_place(handle, change, moves ? Unmounted::Which::following : Unmounted::Which::first,
                     release));
  else
    TRY(change.make());
  const bool is_kept = std::ranges::any_of(kept_by_mounts, [&](std::string_view name) {
    return change.names.contains(std::string(name));
  });
  return is_kept ? refresh_mounts(handle, change.dataset, change.dataset, release) : Nothing{};
}

}  // namespace zfsrest::ops
