#include "base/errno_name.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace zfsrest {
namespace {

struct ZfsErrno {
  std::string_view name;
  std::string_view phrase;
};

constexpr int first_zfs_errno = 1024;

// In the order of the numbers, which OpenZFS only ever appends to.
constexpr std::array zfs_errnos{
    ZfsErrno{"ZFS_ERR_CHECKPOINT_EXISTS", "the pool has a checkpoint"},
    ZfsErrno{"ZFS_ERR_DISCARDING_CHECKPOINT", "the pool's checkpoint is being discarded"},
    ZfsErrno{"ZFS_ERR_NO_CHECKPOINT", "the pool has no checkpoint"},
    ZfsErrno{"ZFS_ERR_DEVRM_IN_PROGRESS", "a device is being removed from the pool"},
    ZfsErrno{"ZFS_ERR_VDEV_TOO_BIG", "a vdev is too big for a checkpoint"},
    ZfsErrno{"ZFS_ERR_IOC_CMD_UNAVAIL", "the module does not know this call"},
    ZfsErrno{"ZFS_ERR_IOC_ARG_UNAVAIL", "the module does not know an argument of this call"},
    ZfsErrno{"ZFS_ERR_IOC_ARG_REQUIRED", "the call lacks an argument"},
    ZfsErrno{"ZFS_ERR_IOC_ARG_BADTYPE", "an argument of the call has the wrong type"},
    ZfsErrno{"ZFS_ERR_WRONG_PARENT", "the parent is of a kind that can have no children"},
    ZfsErrno{"ZFS_ERR_FROM_IVSET_GUID_MISSING", "the incremental source lacks an IV set guid"},
    ZfsErrno{"ZFS_ERR_FROM_IVSET_GUID_MISMATCH", "the incremental source's IV set guid differs"},
    ZfsErrno{"ZFS_ERR_SPILL_BLOCK_FLAG_MISSING", "the stream lacks the spill block flag"},
    ZfsErrno{"ZFS_ERR_UNKNOWN_SEND_STREAM_FEATURE", "the stream has an unknown feature"},
    ZfsErrno{"ZFS_ERR_EXPORT_IN_PROGRESS", "the pool is being exported"},
    ZfsErrno{"ZFS_ERR_BOOKMARK_SOURCE_NOT_ANCESTOR",
             "the source is not an ancestor of the dataset"},
    ZfsErrno{"ZFS_ERR_STREAM_TRUNCATED", "the stream ends too early"},
    ZfsErrno{"ZFS_ERR_STREAM_LARGE_BLOCK_MISMATCH", "the stream's large-block flag changed"},
    ZfsErrno{"ZFS_ERR_RESILVER_IN_PROGRESS", "a resilver is in progress"},
    ZfsErrno{"ZFS_ERR_REBUILD_IN_PROGRESS", "a rebuild is in progress"},
    ZfsErrno{"ZFS_ERR_BADPROP", "a property cannot be set so"},
    ZfsErrno{"ZFS_ERR_VDEV_NOTSUP", "the vdev does not support this"},
    ZfsErrno{"ZFS_ERR_NOT_USER_NAMESPACE", "the file is no user namespace"},
    ZfsErrno{"ZFS_ERR_RESUME_EXISTS", "an interrupted receive can be resumed there"},
    ZfsErrno{"ZFS_ERR_CRYPTO_NOTSUP", "the encryption is not supported"},
    ZfsErrno{"ZFS_ERR_RAIDZ_EXPAND_IN_PROGRESS", "a raidz expansion is in progress"},
    ZfsErrno{"ZFS_ERR_ASHIFT_MISMATCH", "the ashift differs from that of the pool"},
    ZfsErrno{"ZFS_ERR_STREAM_LARGE_MICROZAP", "the stream needs the large-microzap flag"},
    ZfsErrno{"ZFS_ERR_TOO_MANY_SITOUTS", "too many vdevs sit out"},
};

const ZfsErrno* find_zfs_errno(int os_errno) {
  const auto index = static_cast<std::size_t>(os_errno) - first_zfs_errno;
  return os_errno >= first_zfs_errno && index < zfs_errnos.size() ? &zfs_errnos[index] : nullptr;
}

}  // namespace

std::string errno_name(int os_errno) {
  if (const ZfsErrno* known = find_zfs_errno(os_errno)) return std::string(known->name);
  if (os_errno == engine_lacks_it) return "ENGINE_LACKS_IT";
  if (const char* name = strerrorname_np(os_errno)) return name;
  return fmt::format("errno {}", os_errno);
}

std::string errno_phrase(int os_errno) {
  if (const ZfsErrno* known = find_zfs_errno(os_errno)) return std::string(known->phrase);
  if (os_errno == engine_lacks_it) return "the user-space engine cannot do this";
  if (const char* phrase = strerrordesc_np(os_errno)) return phrase;
  return fmt::format("error number {}", os_errno);
}

}  // namespace zfsrest
