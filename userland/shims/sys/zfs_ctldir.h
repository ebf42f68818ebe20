/* The hidden .zfs directory exists on mounted file systems only; nothing is mounted here. */
#ifndef SHIM_ZFS_CTLDIR_H
#define SHIM_ZFS_CTLDIR_H

int zfsctl_snapshot_unmount(const char *snapshot, int flags);

#endif
