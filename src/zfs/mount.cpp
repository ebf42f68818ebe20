#include "zfs/mount.hpp"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>

#include "base/errno_name.hpp"
#include "model/property_values.hpp"
#include "zfs/shown_text.hpp"

namespace zfsrest::zfs {
namespace {

unsigned long flags_of(const model::Properties& properties) {
  const auto is = [&](const char* name, std::string_view word) {
    return model::text_of(properties, name) == word;
  };
  unsigned long flags = 0;
  if (is("readonly", "on")) flags |= MS_RDONLY;
  if (is("devices", "off")) flags |= MS_NODEV;
  if (is("exec", "off")) flags |= MS_NOEXEC;
  if (is("setuid", "off")) flags |= MS_NOSUID;
  if (is("nbmand", "on")) flags |= MS_MANDLOCK;
  if (is("atime", "off"))
    flags |= MS_NOATIME;
  else
    flags |= is("relatime", "on") ? MS_RELATIME : MS_STRICTATIME;
  return flags;
}

// The kernel needs to know the mount point for the snapshots below it; a comma would end the
// option, and then it does without.
std::string data_of(const model::Properties& properties, const std::string& point) {
  std::string data;
  const auto add = [&](const std::string& option) { data += (data.empty() ? "" : ",") + option; };
  if (point.find(',') == std::string::npos) add("mntpoint=" + point);
  for (const char* name : {"context", "fscontext", "defcontext", "rootcontext"})
    if (const std::string label = model::text_of(properties, name);
        !label.empty() && label != "none")
      add(fmt::format("{}=\"{}\"", name, label));
  return data;
}

Error refusal(const MountSettings& settings, Code code, const std::string& why) {
  return {.code = code,
          .subject = settings.dataset,
          .detail = fmt::format("{} cannot be mounted: {}", settings.dataset, why)};
}

// The directories that were made on the way to a mount point, outermost first.
struct Made {
  std::vector<std::string> directories;

  void undo() const {
    for (auto each = directories.rbegin(); each != directories.rend(); ++each)
      ::rmdir(each->c_str());
  }
};

Result<Made> make_directories(const MountSettings& settings, const std::string& point) {
  constexpr mode_t mode = 0755;
  Made made;
  for (std::size_t end = 0; end != std::string::npos;) {
    end = point.find('/', end + 1);
    const std::string directory = point.substr(0, end);
    if (::mkdir(directory.c_str(), mode) == 0) {
      // Others must be able to get there, whatever the daemon's own files are like.
      ::chmod(directory.c_str(), mode);
      made.directories.push_back(directory);
    } else if (errno != EEXIST) {
      const std::string why =
          fmt::format("{} cannot be created: {}", shown(directory), errno_phrase(errno));
      made.undo();
      return refusal(settings, Code::wrong_state, why);
    }
  }
  return made;
}

}  // namespace

std::vector<Mount> read_mounts(const Handle& handle) {
  return handle.can_mount() ? handle.mounts().read()->in_order : std::vector<Mount>();
}

// One that is not there may have another name since the table was read, so that is made sure of.
bool MountView::is_mounted(const std::string& dataset) {
  if (!handle_.can_mount()) return false;
  if (!mounts_) mounts_ = handle_.mounts().read_recent();
  if (!mounts_->datasets.contains(dataset) && !is_of_now_) {
    mounts_ = handle_.mounts().read();
    is_of_now_ = true;
  }
  return mounts_->datasets.contains(dataset);
}

Result<Nothing> MountView::complete(model::Dataset& dataset) {
  if (dataset.type != model::DatasetType::filesystem) return Nothing{};
  dataset.properties["mounted"] = {.value = is_mounted(dataset.name.text()) ? "yes" : "no",
                                   .source = {}};
  const auto found = dataset.properties.find("mountpoint");
  auto* point =
      found == dataset.properties.end() ? nullptr : std::get_if<std::string>(&found->second.value);
  if (!point || !point->starts_with('/')) return Nothing{};
  const std::string altroot = TRY(altroot_of(dataset.pool.text()));
  if (!altroot.empty()) *point = *point == "/" ? altroot : altroot + *point;
  return Nothing{};
}

Result<std::string> MountView::altroot_of(const std::string& pool) {
  if (const auto known = altroots_.find(pool); known != altroots_.end()) return known->second;
  std::string altroot = TRY(handle_.altroots().find(handle_, pool));
  altroots_.emplace(pool, altroot);
  return altroot;
}

MountSettings mount_settings_of(const model::Dataset& filesystem) {
  const model::Properties& properties = filesystem.properties;
  MountSettings settings{.dataset = filesystem.name.text()};
  const std::string point = model::text_of(properties, "mountpoint");
  settings.is_legacy = point == "legacy";
  if (point.starts_with('/')) settings.point = point;
  if (const auto found = properties.find("mountpoint"); found != properties.end()) {
    const model::SourceKind kind = found->second.source.kind;
    settings.is_own_point = kind == model::SourceKind::local || kind == model::SourceKind::received;
  }
  const std::string can_mount = model::text_of(properties, "canmount");
  settings.can_mount = can_mount == "off"      ? CanMount::off
                       : can_mount == "noauto" ? CanMount::by_name
                                               : CanMount::on;
  settings.overlay = model::text_of(properties, "overlay") != "off";
  settings.zoned = model::text_of(properties, "zoned") == "on";
  settings.has_key = model::text_of(properties, "keystatus") != "unavailable";
  settings.flags = flags_of(properties);
  settings.data = data_of(properties, settings.point);
  return settings;
}

bool is_mounted(const model::Dataset& filesystem) {
  return model::text_of(filesystem.properties, "mounted") == "yes";
}

std::string_view objection(const MountSettings& settings) {
  if (settings.is_legacy) return "its mountpoint is legacy, so mount(8) has to do it";
  if (settings.point.empty()) return "its mountpoint is none";
  if (settings.can_mount == CanMount::off) return "its canmount is off";
  if (settings.zoned) return "it is zoned, so a container manages it";
  if (!settings.has_key) return "its encryption key is not loaded";
  return {};
}

Result<Nothing> mount(const MountSettings& settings) {
  if (const std::string_view why = objection(settings); !why.empty())
    return refusal(settings, settings.has_key ? Code::wrong_state : Code::key_not_loaded,
                   std::string(why));
  return mount_at(settings, settings.point);
}

Result<Nothing> mount_at(const MountSettings& settings, const std::string& point) {
  const Made made = TRY(make_directories(settings, point));
  std::error_code error;
  if (!settings.overlay && !std::filesystem::is_empty(point, error) && !error) {
    made.undo();
    return refusal(settings, Code::wrong_state,
                   fmt::format("the directory {} is not empty, and overlay is off", shown(point)));
  }
  if (::mount(settings.dataset.c_str(), point.c_str(), "zfs", settings.flags,
              settings.data.c_str()) == 0)
    return Nothing{};
  const int os_errno = errno;
  made.undo();
  Error refused =
      refusal(settings, os_errno == EBUSY ? Code::busy : Code::wrong_state,
              fmt::format("mounting it at {} failed: {}", shown(point), errno_phrase(os_errno)));
  refused.os_errno = os_errno;
  return refused;
}

Result<Nothing> unmount(const Mount& mounted) {
  if (::umount2(mounted.point.c_str(), UMOUNT_NOFOLLOW) == 0) return Nothing{};
  const int os_errno = errno;
  const std::string why =
      os_errno == EBUSY ? "something uses it" : "the kernel says " + errno_phrase(os_errno);
  return Error{.code = os_errno == EBUSY ? Code::busy : Code::wrong_state,
               .os_errno = os_errno,
               .subject = mounted.dataset,
               .detail = fmt::format("{} cannot be unmounted from {}: {}", mounted.dataset,
                                     shown(mounted.point), why)};
}

Result<Nothing> change_flags(const Mount& mounted, const MountSettings& settings) {
  if (::mount(nullptr, mounted.point.c_str(), nullptr, MS_REMOUNT | MS_BIND | settings.flags,
              nullptr) == 0)
    return Nothing{};
  const int os_errno = errno;
  return Error{
      .code = os_errno == EBUSY ? Code::busy : Code::wrong_state,
      .os_errno = os_errno,
      .subject = mounted.dataset,
      .detail = fmt::format("the mount of {} at {} did not take over what is set: {}",
                            mounted.dataset, shown(mounted.point), errno_phrase(os_errno))};
}

void remove_mount_point(const MountSettings& settings) {
  if (!settings.is_own_point && !settings.point.empty()) ::rmdir(settings.point.c_str());
}

}  // namespace zfsrest::zfs
