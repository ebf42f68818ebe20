/* From a request of a client to OpenZFS's own ioctl layer. */
#ifndef ZFS_USERLAND_IOCTL_H
#define ZFS_USERLAND_IOCTL_H

#include <stdint.h>

/* Runs one ioctl on a zfs_cmd, which it changes; answers 0 or an errno. */
int ioctl_run(uint32_t request, void *cmd);

#endif
