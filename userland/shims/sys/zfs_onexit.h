/* The real header has the callbacks' own functions for the kernel only; they are in onexit.c. */
#ifndef SHIM_ZFS_ONEXIT_H
#define SHIM_ZFS_ONEXIT_H

#include <sys/zfs_context.h>
#include <sys/zfs_file.h>

#define _KERNEL
#include_next <sys/zfs_onexit.h>
#undef _KERNEL

#endif
