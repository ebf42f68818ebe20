/* One ioctl of this thread, from its call to its result. */
#ifndef ZFS_USERLAND_CLIENT_H
#define ZFS_USERLAND_CLIENT_H

/* Runs an ioctl on a device with the zfs_cmd at `cmd`; answers 0 or an errno. */
int client_ioctl(int device, unsigned request, void *cmd);

#endif
