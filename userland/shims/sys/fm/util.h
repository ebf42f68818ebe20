/*
 * The event types (zfs_zevent_t) are the kernel's alone in the real header; see
 * sys/zfs_ioctl.h beside this file for how that is lifted.
 */
#ifndef SHIM_FM_UTIL_H
#define SHIM_FM_UTIL_H

#include <sys/nvpair.h>
#include <sys/zfs_file.h>

#define _KERNEL
#include_next <sys/fm/util.h>
#undef _KERNEL

#endif
