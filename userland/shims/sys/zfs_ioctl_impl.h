/* The ioctl layer's own header, after what the kernel's headers would have brought before it. */
#ifndef SHIM_ZFS_IOCTL_IMPL_H
#define SHIM_ZFS_IOCTL_IMPL_H

#include <sys/policy.h>
#include <sys/zfs_ioctl.h>
#include <sys/zfs_vfsops.h>

#include_next <sys/zfs_ioctl_impl.h>

#endif
