#include "ops/dataset/mounts.hpp"

#include <algorithm>
#include <cerrno>
#include <ranges>

#include "model/names.hpp"
#include "model/tree.hpp"
#include "zfs/dataset.hpp"
#include "zfs/iterate.hpp"
#include "zfs/pool.hpp"

namespace zfsrest::ops {
namespace {

bool is_below(const std::string& point, const std::string& above) {
  return above == "/" || model::is_in_tree(point, above);
}

Result<zfs::MountSettings> read_settings(const zfs::Handle& handle, const std::string& dataset,
                                         model::Release release) {
  return zfs::mount_settings_of(TRY(zfs::read_dataset(handle, dataset, release)));
}

// Collects what fails while the rest goes on, after a change that was made.
class AfterChange {
 public:
  explicit AfterChange(std::string done) : done_(std::move(done)) {}

  void note(Result<Nothing> outcome) {
    if (outcome.ok()) return;
    Error failed = std::move(outcome).error();
    if (error_.subject.empty()) {
      error_.subject = failed.subject;
      error_.detail = "it was done, but " + failed.detail;
    }
    error_.faults.push_back({.subject = std::move(failed.subject),
                             .code = Code::mount_failed,
                             .os_errno = failed.os_errno,
                             .detail = std::move(failed.detail)});
  }

  Result<Nothing> finish() && {
    if (error_.faults.empty()) return Nothing{};
    error_.code = Code::mount_failed;
    error_.applied = {std::move(done_)};
    return std::move(error_);
  }

 private:
  std::string done_;
  Error error_;
};

}  // namespace

Result<model::Dataset> read_mountable(const zfs::Handle& handle, const std::string& dataset,
                                      model::Release release) {
  model::Dataset found = TRY(zfs::read_dataset(handle, dataset, release));
  if (found.type != model::DatasetType::filesystem)
    return Error{.code = Code::wrong_state, .subject = dataset, .detail = dataset + " is a volume"};
  TRY(zfs::check_not_suspended(handle, found.pool.text()));
  return found;
}

Result<Nothing> mount_if_wanted(const zfs::Handle& handle, const std::string& dataset,
                                model::Release release) {
  if (!handle.can_mount()) return Nothing{};
  const model::Dataset found = TRY(zfs::read_dataset(handle, dataset, release));
  if (found.type != model::DatasetType::filesystem || zfs::is_mounted(found)) return Nothing{};
  const zfs::MountSettings settings = zfs::mount_settings_of(found);
  if (settings.can_mount != zfs::CanMount::on || !zfs::objection(settings).empty())
    return Nothing{};
  return zfs::mount(settings);
}

Result<Unmounted> Unmounted::take(const zfs::Handle& handle, const std::string& tree, Which which,
                                  model::Release release) {
  std::vector<Taken> wanted;
  const auto is_wanted = [&](const Taken& each) {
    switch (which) {
      case Which::all:
        return true;
      case Which::managed:
        return !each.settings.is_legacy;
      case Which::first:
        return each.settings.dataset == tree;
      case Which::following:
        break;
    }
    // One with a mount point of its own may still lie on one that goes.
    return each.settings.dataset == tree || !each.settings.is_own_point ||
           std::ranges::any_of(wanted, [&](const Taken& before) {
             return is_below(each.mounted.point, before.mounted.point);
           });
  };
  for (zfs::Mount& mounted : zfs::read_mounts(handle)) {
    if (!model::is_in_tree(mounted.dataset, tree)) continue;
    Taken each{.settings = TRY(read_settings(handle, mounted.dataset, release)),
               .mounted = std::move(mounted)};
    if (is_wanted(each)) wanted.push_back(std::move(each));
  }
  if (!wanted.empty()) TRY(zfs::check_not_suspended(handle, model::pool_of(tree)));
  Unmounted unmounted(handle, release);
  for (Taken& each : std::views::reverse(wanted)) {
    auto gone = zfs::unmount(each.mounted);
    if (!gone.ok()) return unmounted.put_back(std::move(gone).error());
    unmounted.taken_.insert(unmounted.taken_.begin(), std::move(each));
  }
  return unmounted;
}

Error Unmounted::put_back(Error error) const {
  for (const Taken& each : taken_) {
    auto mounted = zfs::mount_at(each.settings, each.mounted.point);
    if (mounted.ok() || mounted.error().os_errno == ENOENT) continue;
    error.faults.push_back(
        {.subject = each.mounted.dataset,
         .code = Code::mount_failed,
         .os_errno = mounted.error().os_errno,
         .detail = "it was mounted before and is not now: " + mounted.error().detail});
  }
  return error;
}

Result<Nothing> Unmounted::put(const std::function<std::string(const std::string&)>& name_now,
                               const std::string& done) const {
  AfterChange after(done);
  std::vector<zfs::MountSettings> now;
  for (const Taken& each : taken_) {
    auto settings = read_settings(handle_, name_now(each.mounted.dataset), release_);
    if (!settings.ok())
      after.note(std::move(settings).error());
    else if (zfs::objection(settings.value()).empty())
      now.push_back(std::move(settings).value());
  }
  std::ranges::sort(now, {}, &zfs::MountSettings::point);
  for (const zfs::MountSettings& settings : now) after.note(zfs::mount(settings));
  forget();
  return std::move(after).finish();
}

void Unmounted::forget() const {
  for (const Taken& each : std::views::reverse(taken_)) zfs::remove_mount_point(each.settings);
}

Result<Nothing> mount_following(const zfs::Handle& handle, const std::string& tree,
                                const std::string& done, model::Release release) {
  if (!handle.can_mount()) return Nothing{};
  AfterChange after(done);
  const std::vector<std::string> names = TRY(zfs::read_tree(handle, tree));
  for (const std::string& name : names) {
    auto settings = read_settings(handle, name, release);
    if (!settings.ok())
      after.note(std::move(settings).error());
    else if (name == tree || !settings.value().is_own_point)
      after.note(mount_if_wanted(handle, name, release));
  }
  return std::move(after).finish();
}

Result<Nothing> refresh_mounts(const zfs::Handle& handle, const std::string& tree,
                               const std::string& done, model::Release release) {
  AfterChange after(done);
  for (const zfs::Mount& mounted : zfs::read_mounts(handle)) {
    if (!model::is_in_tree(mounted.dataset, tree)) continue;
    auto settings = read_settings(handle, mounted.dataset, release);
    if (settings.ok())
      after.note(zfs::change_flags(mounted, settings.value()));
    else
      after.note(std::move(settings).error());
  }
  return std::move(after).finish();
}

}  // namespace zfsrest::ops
