// Names of error numbers, those of OpenZFS (1024 and up) included.
#pragma once

#include <string>

namespace zfsrest {

// "EBUSY", "ZFS_ERR_CHECKPOINT_EXISTS", or "errno 4711" for a number without a name.
std::string errno_name(int os_errno);

// A phrase for a person: strerror()'s, or ours for the numbers that strerror() does not know.
std::string errno_phrase(int os_errno);

// The number with which the user-space engine says that it cannot do this at all.
inline constexpr int engine_lacks_it = 2900;

// OpenZFS's own numbers that the product tells apart.
inline constexpr int zfs_err_checkpoint_exists = 1024;
inline constexpr int zfs_err_discarding_checkpoint = 1025;
inline constexpr int zfs_err_no_checkpoint = 1026;
inline constexpr int zfs_err_devrm_in_progress = 1027;
inline constexpr int zfs_err_vdev_too_big = 1028;
inline constexpr int zfs_err_ioc_cmd_unavail = 1029;
inline constexpr int zfs_err_ioc_arg_unavail = 1030;
inline constexpr int zfs_err_wrong_parent = 1033;
inline constexpr int zfs_err_from_ivset_guid_missing = 1034;
inline constexpr int zfs_err_from_ivset_guid_mismatch = 1035;
inline constexpr int zfs_err_spill_block_flag_missing = 1036;
inline constexpr int zfs_err_unknown_send_stream_feature = 1037;
inline constexpr int zfs_err_stream_truncated = 1040;
inline constexpr int zfs_err_stream_large_block_mismatch = 1041;
inline constexpr int zfs_err_badprop = 1044;
inline constexpr int zfs_err_vdev_notsup = 1045;
inline constexpr int zfs_err_resume_exists = 1047;
inline constexpr int zfs_err_crypto_notsup = 1048;
inline constexpr int zfs_err_raidz_expand_in_progress = 1049;
inline constexpr int zfs_err_stream_large_microzap = 1051;
inline constexpr int zfs_err_too_many_sitouts = 1052;

}  // namespace zfsrest
