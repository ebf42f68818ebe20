/* The real header has the functions on a file system's table of domains for the kernel only. */
#ifndef SHIM_ZFS_FUID_H
#define SHIM_ZFS_FUID_H

#include <sys/avl.h>
#include <sys/dmu.h>
#include <sys/zfs_context.h>
#include <sys/zfs_vfsops.h>

#define _KERNEL
#include_next <sys/zfs_fuid.h>
#undef _KERNEL

#endif
