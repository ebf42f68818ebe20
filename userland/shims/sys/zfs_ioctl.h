/*
 * The real header keeps the types of the ioctl layer (zfs_creat_t,
 * zfsdev_state_t) for the kernel.  Everything it includes is read first in its
 * user-space form; only the header itself is then read as the kernel does.
 */
#ifndef SHIM_ZFS_IOCTL_H
#define SHIM_ZFS_IOCTL_H

#include <sys/cred.h>
#include <sys/dmu.h>
#include <sys/dsl_deleg.h>
#include <sys/spa.h>
#include <sys/zfs_file.h>
#include <sys/zfs_stat.h>
#include <sys/zio.h>

#define _KERNEL
#include_next <sys/zfs_ioctl.h>
#undef _KERNEL

#endif
