// Mounted file systems: where they are, where they belong, and mount(2). On an engine that cannot
// mount (Handle::can_mount) nothing ever is mounted.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/dataset.hpp"
#include "zfs/device.hpp"

namespace zfsrest::zfs {

// As the table is now, in the order in which they were mounted.
std::vector<Mount> read_mounts(const Handle& handle);

// What the mount table and alternate roots add to the properties of file systems. The table is
// looked at when it is first needed, so a view is for one answer.
class MountView {
 public:
  explicit MountView(const Handle& handle) : handle_(handle) {}

  // Sets `mounted`, and puts the pool's alternate root before `mountpoint`.
  Result<Nothing> complete(model::Dataset& dataset);

 private:
  bool is_mounted(const std::string& dataset);
  Result<std::string> altroot_of(const std::string& pool);

  const Handle& handle_;
  std::shared_ptr<const Mounts> mounts_;
  bool is_of_now_ = false;
  std::map<std::string, std::string> altroots_;
};

enum class CanMount : std::uint8_t { off, on, by_name };

// What a file system's properties say about its mount.
struct MountSettings {
  std::string dataset;
  std::string point;  // absolute, below the pool's alternate root; empty for `none` and `legacy`
  bool is_legacy = false;
  bool is_own_point = false;  // set on the dataset itself, not inherited or default
  CanMount can_mount = CanMount::on;
  bool overlay = true;
  bool zoned = false;
  bool has_key = true;
  unsigned long flags = 0;  // MS_*
  std::string data;         // what mount(2) is given besides
};

MountSettings mount_settings_of(const model::Dataset& filesystem);

// Whether it was mounted when it was read.
bool is_mounted(const model::Dataset& filesystem);

// Why the properties do not allow a mount, or nothing.
std::string_view objection(const MountSettings& settings);

// Mounts a file system where it belongs; makes the directory. Fails with wrong_state, and says why,
// where the properties or the directory do not allow it.
Result<Nothing> mount(const MountSettings& settings);

// Mounts it there, wherever it belongs.
Result<Nothing> mount_at(const MountSettings& settings, const std::string& point);

// Fails with `busy` if something uses it; Linux cannot force it.
Result<Nothing> unmount(const Mount& mounted);

// Lets a live mount follow what the properties permit now.
Result<Nothing> change_flags(const Mount& mounted, const MountSettings& settings);

// Removes the directory that an unmounted file system leaves behind, if it is empty and nobody set
// it; silent otherwise, as a directory in use stays.
void remove_mount_point(const MountSettings& settings);

}  // namespace zfsrest::zfs
