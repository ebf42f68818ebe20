// What happens to mounts around a change of datasets, as the stock tools do it. A failure leaves
// the previous state, or the error tells what remains. On an engine that cannot mount, nothing
// happens.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ops/context.hpp"
#include "zfs/mount.hpp"

namespace zfsrest::ops {

// A file system that can be mounted; fails with wrong_state for a volume.
Result<model::Dataset> read_mountable(const zfs::Handle& handle, const std::string& dataset,
                                      model::Release release);

// Mounts a file system if its properties say that it is mounted by itself, and it is not yet.
// Volumes and the rest are passed over.
Result<Nothing> mount_if_wanted(const zfs::Handle& handle, const std::string& dataset,
                                model::Release release);

// File systems that are not mounted for the time of a change.
class Unmounted {
 public:
  // Which of the mounted file systems of a tree a change needs unmounted.
  enum class Which : std::uint8_t {
    all,        // to destroy: whoever mounted them
    managed,    // to rename: all but the legacy ones, which the kernel renames as they are
    following,  // to change a mount point: those whose place follows from the first's
    first,      // the tree's first alone
  };

  // Unmounts them, the last mounted first. If one is in use, all are mounted again, and the error
  // names it. Fails at once, with EAGAIN, if the pool is suspended.
  static Result<Unmounted> take(const zfs::Handle& handle, const std::string& tree, Which which,
                                model::Release release);

  // The change has failed: mounts again, as it was, what still exists. What cannot be is added to
  // the error.
  Error put_back(Error error) const;

  // The change was made: mounts each where it belongs now, under the name that it has now, parents
  // first, and removes the directories that are left. `done` is what an error says was applied.
  Result<Nothing> put(const std::function<std::string(const std::string&)>& name_now,
                      const std::string& done) const;

  // They are destroyed: removes the directories that are left.
  void forget() const;

 private:
  struct Taken {
    zfs::MountSettings settings;
    zfs::Mount mounted;
  };

  Unmounted(zfs::Handle handle, model::Release release)
      : handle_(std::move(handle)), release_(release) {}

  zfs::Handle handle_;
  model::Release release_;
  std::vector<Taken> taken_;  // in the order of mounting
};

// Mounts what is to be mounted by itself in a tree, parents first, as far as its place follows from
// the tree's first.
Result<Nothing> mount_following(const zfs::Handle& handle, const std::string& tree,
                                const std::string& done, model::Release release);

// Lets the live mounts of a tree take over what their properties permit now.
Result<Nothing> refresh_mounts(const zfs::Handle& handle, const std::string& tree,
                               const std::string& done, model::Release release);

}  // namespace zfsrest::ops
